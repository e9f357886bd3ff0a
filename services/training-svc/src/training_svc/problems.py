"""The refusals that only training-svc gives."""

from chuangpei.kernel.refusals import Problem, Text

PROJECT_EXISTS = Problem(
    "project_exists", 409, Text("该项目编码已存在", "There is a project with this code already")
)
PROJECT_REFUSED = Problem(
    "project_refused", 422, Text("不符合项目目录规定", "The project does not meet the rules")
)
STANDARD_EXISTS = Problem(
    "standard_exists",
    409,
    Text(
        "该项目已有此版本或同日生效的标准",
        "The project has this version, or one effective from the same day, already",
    ),
)
NORM_EXISTS = Problem(
    "norm_exists",
    409,
    Text(
        "该项目已有此版本或同日生效的评价规范",
        "The project has this norm's version, or one effective from the same day, already",
    ),
)
FROZEN = Problem(
    "frozen",
    409,
    Text("已被引用，不得更正或撤回", "It has been cited and can no longer be amended or withdrawn"),
)
INSTITUTION_EXISTS = Problem(
    "institution_exists", 409, Text("该统一社会信用代码已登记", "This credit code is registered already")
)
NOT_YOUR_INSTITUTION = Problem(
    "not_your_institution",
    403,
    Text("只能为本机构或本区机构办理", "Only for your own institution, or one of your district"),
)
REGISTRATION_REFUSED = Problem(
    "registration_refused", 422, Text("不符合机构登记规定", "The registration does not meet the rules")
)
CLOSING_REFUSED = Problem(
    "closing_refused", 422, Text("不符合停办规定", "The institution does not close yet")
)
SITE_EXISTS = Problem(
    "site_exists", 409, Text("该机构在此地址已有场地", "The institution has a site at this address already")
)
SITE_REFUSED = Problem("site_refused", 422, Text("不符合场地登记规定", "The site does not meet the rules"))
SANCTION_EXISTS = Problem(
    "sanction_exists",
    409,
    Text("该文书的此项处罚或失信记录已登记且有效", "What this document imposes is in force already"),
)
NOT_YOUR_SANCTION = Problem(
    "not_your_sanction",
    403,
    Text(
        "市级登记的处罚或失信只能由市级更正或解除", "What the city recorded, the city alone amends or lifts"
    ),
)
DESIGNATION_EXISTS = Problem(
    "designation_exists",
    409,
    Text("该机构在此期间已是示范机构", "The institution is designated for some of that time already"),
)
DESIGNATION_REFUSED = Problem(
    "designation_refused", 422, Text("不符合示范机构规定", "The designation does not meet the rules")
)
RANKING_REFUSED = Problem("ranking_refused", 422, Text("该年度不能排名", "That year cannot be ranked"))
QUALIFICATION_EXISTS = Problem(
    "qualification_exists",
    409,
    Text(
        "该标准版本的资质已申请或已获批", "A qualification by this version is submitted or approved already"
    ),
)
QUALIFICATION_REFUSED = Problem(
    "qualification_refused", 422, Text("不符合资质申请规定", "The application does not meet the rules")
)
CRITERIA_NOT_MET = Problem("criteria_not_met", 422, Text("未达到专业设置标准", "The standard is not met"))
CLASS_REFUSED = Problem("class_refused", 422, Text("不符合开班规定", "The class does not meet the rules"))
CLASS_CLASH = Problem(
    "class_clash",
    409,
    Text("教室或讲师的时间冲突", "The room or an instructor is taken at that time"),
)
CLASS_CHANGE_REFUSED = Problem(
    "class_change_refused", 422, Text("不符合班级变更规定", "The change of the class does not meet the rules")
)
CLASS_FULL = Problem("class_full", 409, Text("班级名额已满", "The class is full"))
ALREADY_ENROLLED = Problem(
    "already_enrolled", 409, Text("该学员已在本班报名", "This person is enrolled in the class already")
)
TRAINEE_CLASH = Problem(
    "trainee_clash", 409, Text("学员的上课时间冲突", "The trainee sits in another class at that time")
)
LEAVING_REFUSED = Problem(
    "leaving_refused", 422, Text("不符合退班、转班规定", "Leaving the class does not meet the rules")
)
ENROLMENT_REFUSED = Problem(
    "enrolment_refused", 422, Text("不符合报名规定", "The enrolment does not meet the rules")
)
ATTENDANCE_REFUSED = Problem(
    "attendance_refused", 422, Text("考勤记录不符合规定", "The attendance records do not meet the rules")
)
ATTENDANCE_EXISTS = Problem(
    "attendance_exists", 409, Text("该课次的考勤已记录", "The attendance of this session is recorded already")
)
PROGRAMME_EXISTS = Problem(
    "programme_exists", 409, Text("已有同名督导计划", "There is a programme of this name already")
)
ALREADY_INSPECTED = Problem(
    "already_inspected", 409, Text("该对象已列入本计划", "The programme has an inspection of it already")
)
NOTHING_TO_DRAW = Problem(
    "nothing_to_draw", 422, Text("没有可抽取的对象", "There is nothing left to draw from")
)
INSPECTION_REFUSED = Problem(
    "inspection_refused", 422, Text("不符合督导检查规定", "The inspection does not meet the rules")
)
EVALUATION_EXISTS = Problem(
    "evaluation_exists", 409, Text("该对象本期已评估", "It has been evaluated for this period already")
)
FOLLOW_UP_REFUSED = Problem(
    "follow_up_refused", 422, Text("不符合跟踪服务规定", "The record does not meet the rules of follow-up")
)
COMPLETION_REFUSED = Problem(
    "completion_refused", 422, Text("未达到结业条件", "The conditions of completion are not met")
)
MECHANISM_PENDING = Problem(
    "mechanism_pending",
    409,
    Text("本区已有工作机制待备案", "A working mechanism of the district waits for its answer already"),
)
PLAN_EXISTS = Problem(
    "plan_exists", 409, Text("本区该年度已有培训计划", "The district has a plan for this year already")
)
PLAN_REFUSED = Problem("plan_refused", 422, Text("不符合培训计划规定", "The plan does not meet the rules"))
FEEDBACK_OPEN = Problem(
    "feedback_open", 409, Text("该班级已发起学员评价", "The trainees of this class have been asked already")
)
FEEDBACK_REFUSED = Problem(
    "feedback_refused", 422, Text("不符合学员评价规定", "The trainees cannot be asked now")
)
COURSE_EXISTS = Problem(
    "course_exists",
    409,
    Text("该机构已申报同名课程", "The institution has submitted a course of this name already"),
)
COURSE_REFUSED = Problem(
    "course_refused", 422, Text("不符合精品课程规定", "The course does not meet the rules")
)
ASSESSED_ALREADY = Problem(
    "assessed_already", 409, Text("您已评估过该课程", "You have assessed this course already")
)
NOT_YOUR_ASSESSMENT = Problem(
    "not_your_assessment", 403, Text("只能更正本人的评估", "Only the assessor corrects an assessment")
)
MATERIAL_EXISTS = Problem(
    "material_exists", 409, Text("该课件已有此版本", "The material has this version already")
)
CODE_NOT_SHOWN = Problem(
    "code_not_shown", 409, Text("未到或已过签到时间", "The session's code is not shown at this time")
)
CODE_INVALID = Problem("code_invalid", 422, Text("签到码无效", "This is not a code of a session"))
CODE_EXPIRED = Problem(
    "code_expired", 422, Text("签到码已更换，请重新扫码", "The code has changed; scan the one on the screen")
)
NOT_IN_THE_CLASS = Problem(
    "not_in_the_class", 403, Text("您未报名该课次的班级", "You are not enrolled in the class of this session")
)
NO_LAW_IN_FORCE = Problem(
    "no_law_in_force", 422, Text("该日期不在文件有效期内", "No rules are in force on that day")
)
INSTRUCTOR_EXISTS = Problem(
    "instructor_exists", 409, Text("该人员已申请或已在师资库", "This person has applied or is in the pool")
)
INSTRUCTOR_REFUSED = Problem(
    "instructor_refused", 422, Text("不符合师资库规定", "The rules of the instructor pool are not met")
)
CERTIFICATE_EXISTS = Problem(
    "certificate_exists", 409, Text("该师资证书已登记", "This certificate is recorded already")
)
NOT_YOUR_RECORD = Problem(
    "not_your_record", 403, Text("只能更正本区的记录", "Only records of your own district")
)
HEADS_ANOTHER_STUDIO = Problem(
    "heads_another_studio", 409, Text("该讲师已领办另一工作室", "The instructor heads another open studio")
)
