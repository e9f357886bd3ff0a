"""The peer of ``brand.rank_publish``: a ranking reckoned and kept by one statement of bare SQL."""

RANK_AND_PUBLISH = """
WITH ground AS (
    SELECT chosen.*, rubric.content
    FROM round_rubrics AS chosen JOIN rubrics AS rubric ON rubric.id = chosen.rubric_id
    WHERE chosen.round_id = $2
), indicator AS (
    SELECT row_number() OVER () AS position, section->>'dimension' AS dimension, one->>'code' AS code,
        (one->>'weight')::integer AS weight, one->'automatic'->>'measure' AS measure,
        (one->'automatic'->>'nothing_at')::numeric AS nothing_at,
        (one->'automatic'->>'full_at')::numeric AS full_at
    FROM ground, jsonb_array_elements(content->'sections') AS section,
        jsonb_array_elements(section->'indicators') AS one
), subject AS (
    SELECT scorings.* FROM scorings WHERE round_id = $2 AND state IN ('settled', 'moderated')
), summed AS (
    SELECT credit_code, kind, sum(facts) AS facts, sum(amount) AS amount
    FROM indicator_counts, ground
    WHERE year BETWEEN first_year AND last_year AND credit_code IN (SELECT credit_code FROM subject)
    GROUP BY credit_code, kind
), figure AS (
    SELECT subject.id, coalesce(max(facts) FILTER (WHERE kind = 'evaluation'), 0)::integer AS evaluated,
        coalesce(max(amount) FILTER (WHERE kind = 'evaluation'), 0)::integer AS passed,
        coalesce(max(facts) FILTER (WHERE kind = 'completion'), 0)::integer AS completed,
        coalesce(max(facts) FILTER (WHERE kind = 'class'), 0)::integer AS classes,
        coalesce(max(facts) FILTER (WHERE kind = 'opening'), 0)::integer AS opened,
        coalesce(max(amount) FILTER (WHERE kind = 'opening'), 0)::integer AS jobs,
        coalesce(max(facts) FILTER (WHERE kind = 'complaint'), 0)::integer AS complaints,
        coalesce(max(facts) FILTER (WHERE kind = 'revocation'), 0)::integer AS revocations,
        coalesce(max(facts) FILTER (WHERE kind = 'fraud'), 0)::integer AS frauds
    FROM subject LEFT JOIN summed USING (credit_code) GROUP BY subject.id
), valued AS (
    SELECT subject.id, indicator.*, (shares->>code)::integer AS given, CASE measure
        WHEN 'pass_rate' THEN floor((2 * passed * 10000 + evaluated)::numeric / nullif(2 * evaluated, 0))
        WHEN 'trainees_completed' THEN completed
        WHEN 'jobs_per_hundred' THEN floor((2 * jobs * 100 + completed)::numeric / nullif(2 * completed, 0))
        WHEN 'complaints_upheld' THEN complaints
    END AS value
    FROM subject JOIN figure USING (id), indicator
), shared AS (
    SELECT id, position, dimension, code, weight, value, CASE WHEN measure IS NULL THEN given ELSE
        coalesce(floor(10000 * greatest(0, least(1, (value - nothing_at) / (full_at - nothing_at))) + 0.5), 0)
    END::integer AS share
    FROM valued
), part AS (
    SELECT *, coalesce((2 * weight * share + 100) / 200, 0) AS points FROM shared
), scored AS (
    SELECT id, sum(points)::integer AS total,
        sum(points) FILTER (WHERE dimension = 'results') AS results,
        sum(points) FILTER (WHERE dimension = 'compliance') AS compliance,
        sum(points) FILTER (WHERE dimension = 'innovation') AS innovation,
        sum(points) FILTER (WHERE dimension = 'demonstration') AS demonstration,
        jsonb_agg(jsonb_build_object('dimension', dimension, 'indicator', code, 'weight', weight,
            'share', share, 'points', points, 'value', value) ORDER BY position) AS parts
    FROM part GROUP BY id
), made AS (
    INSERT INTO rankings (id, round_id, number, rubric_id, first_year, last_year, parameters_version,
        subjects, published_at, published_by)
    SELECT $1, round_id, (SELECT coalesce(max(number), 0) + 1 FROM rankings WHERE round_id = $2), rubric_id,
        first_year, last_year, 'x', (SELECT count(*) FROM subject), now(), 'x' FROM ground
)
INSERT INTO ranking_entries (ranking_id, place, rank, scoring_id, credit_code, institution_name, district,
    total, passes, reaches_city, parts, figures)
SELECT $1, row_number() OVER told, rank() OVER worth, subject.id, credit_code, institution_name, district,
    total, total >= (content->>'pass_mark')::integer * 100, total >= (content->>'city_mark')::integer * 100,
    parts, to_jsonb(figure) - 'id'
FROM ground, scored JOIN subject USING (id) JOIN figure USING (id)
WINDOW worth AS (ORDER BY total DESC, results DESC, compliance DESC, innovation DESC, demonstration DESC),
    told AS (ORDER BY total DESC, results DESC, compliance DESC, innovation DESC, demonstration DESC,
        credit_code COLLATE "C")
"""
