"""What is done with teacher files: gather one."""

from chuangpei.database import Transaction

from training_svc.appraisals import repository as appraisals
from training_svc.appraisals.views import view as appraisal_view
from training_svc.exits import repository as exits
from training_svc.exits.views import view as exit_view
from training_svc.instructors import repository as instructors
from training_svc.instructors.instructor import Instructor
from training_svc.instructors.views import view as instructor_view
from training_svc.service import Service
from training_svc.teacher_files import repository
from training_svc.teacher_files.file import teacher_file
from training_svc.teacher_files.schemas import TeacherFile


async def gather(tx: Transaction, service: Service, instructor: Instructor) -> TeacherFile:
    """Everything on record of an instructor whom the asker may see (O32)."""
    today, one_id = service.clock.today(), instructor.id
    certificates = await instructors.certificates(tx, one_id)
    return teacher_file(
        today,
        instructor_view(instructor, certificates, today),
        classes=await repository.classes_taught(tx, instructor.person.person_key),
        appraisals=[appraisal_view(row) for row in await appraisals.of_instructor(tx, one_id)],
        exits=[exit_view(row, today) for row in await exits.of_instructor(tx, one_id)],
        achievements=await repository.achievements(tx, one_id),
        studios=await repository.studios_of(tx, one_id),
    )
