"""A folder of sources becomes an edition; the same folder again becomes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from clairevoie import privacy
from clairevoie.learning.actions.playing import place_package
from clairevoie.learning.actions.publishing import put_online
from clairevoie.learning.content.files import CleanFile
from clairevoie.learning.content.folders import Files, read_zip
from clairevoie.learning.content.parcours import (
    RENDERER,
    ChapterText,
    ModuleText,
    ParcoursText,
    digest_of,
    read_parcours,
)
from clairevoie.learning.content.searching import folded
from clairevoie.learning.models import (
    Chapter,
    Edition,
    Exercise,
    File,
    Module,
    Package,
    Parcours,
    PlacedFile,
    Project,
    Topic,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did: ``new`` is False where the sources had not changed."""

    parcours: Parcours
    edition: Edition
    new: bool
    published: bool


def import_parcours(
    *,
    slug: str,
    files: Files,
    publish: bool,
    author: UUID | None,
    at: datetime,
    read: Callable[[int], object] = lambda _count: None,
) -> Imported:
    """One edition more if the sources changed since the latest; all of it or nothing.

    Raises :class:`ContentRefused` (``content.problems``).
    """
    latest = latest_edition(slug)
    digest = digest_of(files, _originals(latest))
    text = None if _is_of(latest, digest) else read_parcours(slug, files, read=read)
    with transaction.atomic():
        edition = _current_or_new(text, slug=slug, digest=digest, author=author, at=at)
        moves = publish and put_online(edition=edition, author=author, at=at)
    return Imported(
        parcours=edition.parcours,
        edition=edition,
        new=latest is None or edition.pk != latest.pk,
        published=moves,
    )


@transaction.atomic
def import_archive(
    *, archive: bytes, publish: bool, author: UUID | None, at: datetime
) -> list[Imported]:
    """Every parcours of a zip, or none of them. Raises :class:`ContentRefused`."""
    return [
        import_parcours(slug=slug, files=files, publish=publish, author=author, at=at)
        for slug, files in sorted(read_zip(archive).items())
    ]


def latest_edition(slug: str) -> Edition | None:
    """The last one imported, published or not, but for those taken back since."""
    editions = Edition.objects.select_related("parcours").filter(parcours__slug=slug)
    return editions.filter(withdrawal=None).order_by("-number").first()


def _is_of(edition: Edition | None, digest: str) -> bool:
    """The edition was made of exactly these sources, by the renderer of today."""
    return edition is not None and (edition.sha256, edition.renderer) == (digest, RENDERER)


def _current_or_new(
    text: ParcoursText | None, *, slug: str, digest: str, author: UUID | None, at: datetime
) -> Edition:
    """The next edition, unless somebody else imported the same one while we were reading."""
    parcours, _new = Parcours.objects.get_or_create(slug=slug)
    Parcours.objects.select_for_update().get(pk=parcours.pk)  # one import at a time
    latest = latest_edition(slug)
    if latest is not None and (text is None or _is_of(latest, digest)):
        return latest
    assert text is not None, "nothing to read means something was read before"
    highest = parcours.editions.aggregate(number=Max("number"))["number"]  # withdrawn or not
    number = (highest or 0) + 1
    return _store(text, parcours=parcours, number=number, digest=digest, author=author, at=at)


def _originals(edition: Edition | None) -> dict[tuple[str, str], str]:
    if edition is None:
        return {}
    placed = edition.files.values_list("path", "file__sha256", "original")
    return {(path, clean): original for path, clean, original in placed}


def _store(
    text: ParcoursText,
    *,
    parcours: Parcours,
    number: int,
    digest: str,
    author: UUID | None,
    at: datetime,
) -> Edition:
    edition = _edition(text, parcours=parcours, number=number, digest=digest, at=at)
    _store_topics(edition, text.topics)
    _store_files(edition, text.files)
    position = 0
    for rank, module in enumerate(text.modules, start=1):
        stored = _store_module(edition, module, position=rank)
        packages = _store_packages(parcours, module.chapters, author=author, at=at)
        _store_chapters(stored, module.chapters, packages, after=position)
        position += len(module.chapters)
    privacy.ledger.append(
        executor="learning.import",
        at=at,
        facts={"parcours": text.slug, "edition": edition.number, "author": author},
    )
    return edition


def _edition(
    text: ParcoursText, *, parcours: Parcours, number: int, digest: str, at: datetime
) -> Edition:
    names = [module.title for module in text.modules]
    return Edition.objects.create(
        parcours=parcours,
        number=number,
        sha256=digest,
        renderer=RENDERER,
        imported_at=at,
        title=text.title,
        summary=text.summary,
        audience=text.audience,
        level=text.level,
        objectives=text.objectives,
        prerequisites=text.prerequisites,
        requires=text.requires,
        price_cents=text.price_cents,
        language=text.language,
        licence=text.licence,
        authors=text.authors,
        minutes=text.minutes,
        chapter_count=len(text.chapters),
        exercise_count=sum(len(chapter.exercises) for chapter in text.chapters),
        searched=folded([text.title, text.summary, *text.topics, *names]),
        source=text.source,
    )


def _store_topics(edition: Edition, names: list[str]) -> None:
    Topic.objects.bulk_create(
        Topic(edition=edition, slug=slugify(name), name=name, position=rank)
        for rank, name in enumerate(names, start=1)
    )


def _store_files(edition: Edition, files: tuple[CleanFile, ...]) -> None:
    """Under their own fingerprint: a file that is there already is the same one."""
    known = set(
        File.objects.filter(sha256__in={file.sha256 for file in files}).values_list(
            "sha256", flat=True
        )
    )
    store = storages["content"]
    for file in {file.sha256: file for file in files}.values():
        if not store.exists(file.name):
            store.save(file.name, ContentFile(file.content))
    File.objects.bulk_create(
        File(
            sha256=file.sha256,
            form=file.form,
            width=file.width,
            height=file.height,
            size=len(file.content),
        )
        for file in {file.sha256: file for file in files}.values()
        if file.sha256 not in known
    )
    rows = File.objects.in_bulk({file.sha256 for file in files}, field_name="sha256")
    PlacedFile.objects.bulk_create(
        PlacedFile(edition=edition, path=file.path, file=rows[file.sha256], original=file.original)
        for file in files
    )


def _store_module(edition: Edition, text: ModuleText, *, position: int) -> Module:
    module = Module.objects.create(
        edition=edition,
        position=position,
        folder=text.folder,
        slug=text.slug,
        title=text.title,
        summary=text.summary,
        objectives=text.objectives,
        minutes=text.minutes,
        source=text.source,
    )
    if text.project:
        Project.objects.create(
            edition=edition,
            module=module,
            title=text.project.title,
            minutes=text.project.minutes,
            html=text.project.page.html,
            outline=text.project.page.outline,
            embeds=text.project.page.embeds,
            rubric=[asdict(criterion) for criterion in text.project.rubric],
            extensions=list(text.project.extensions),
            max_megabytes=text.project.max_megabytes,
            source=text.project.source,
        )
    return module


def _store_packages(
    parcours: Parcours, texts: tuple[ChapterText, ...], *, author: UUID | None, at: datetime
) -> dict[str, Package]:
    """What another tool made for a chapter, by the chapter's own name."""
    return {
        text.slug: place_package(
            parcours=parcours,
            archive=text.package.archive,
            text=text.package.text,
            author=author,
            at=at,
        )
        for text in texts
        if text.package
    }


def _store_chapters(
    module: Module,
    texts: tuple[ChapterText, ...],
    packages: Mapping[str, Package],
    *,
    after: int,
) -> None:
    chapters = [
        _chapter(module, text, packages.get(text.slug), after + rank)
        for rank, text in enumerate(texts, start=1)
    ]
    Chapter.objects.bulk_create(chapters, batch_size=200)
    Exercise.objects.bulk_create(
        (
            Exercise(
                edition_id=module.edition_id,
                chapter=chapter,
                position=rank,
                code=exercise.code,
                kind=exercise.kind,
                prompt=exercise.prompt,
                hint=exercise.hint,
                explanation=exercise.explanation,
                definition=exercise.definition,
            )
            for chapter, text in zip(chapters, texts, strict=True)
            for rank, exercise in enumerate(text.exercises, start=1)
        ),
        batch_size=500,
    )


def _chapter(module: Module, text: ChapterText, package: Package | None, position: int) -> Chapter:
    return Chapter(
        edition_id=module.edition_id,
        module=module,
        position=position,
        filename=text.filename,
        slug=text.slug,
        title=text.title,
        summary=text.summary,
        minutes=text.minutes,
        exercise_count=len(text.exercises),
        html=text.page.html,
        outline=text.page.outline,
        embeds=text.page.embeds,
        source=text.source,
        exercises_source=text.exercises_source,
        package=package,
        package_path=text.package.path if text.package else "",
    )
