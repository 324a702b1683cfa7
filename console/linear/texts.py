"""Texts: read whole, edited part by part with the length after each edit, copied to a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from console.engine.previewing import as_sent as preview
from console.errors import BadInput, Refused
from console.incident import commands as c
from console.incident.sizes import kinds_of_text, size_words
from console.incident.wordings import part_templates, wording
from console.linear.page import words_of

if TYPE_CHECKING:
    from console.linear.face import Face


async def texts(face: Face, rest: str) -> None:
    """Read a text and change its parts. The current step's own text comes first."""
    slug = rest or await _which(face)
    if not slug:
        return
    if wording(face.state, slug, face.now, face.officer) is None:
        have = ", ".join(text.slug for text in face.state.playbook.texts)
        face.talk.say(f"There is no text {slug}. There are: {have}.")
        return
    show(face, slug)
    while True:
        parts = part_templates(face.state, slug)
        place = await face.talk.pick(
            "Which part to change?", [f"{name}: {template or '(empty)'}" for name, template in parts]
        )
        if not place:
            return
        name, _ = parts[place - 1]
        words = await face.talk.ask(f"New words for {name}; Enter leaves it, - empties it")
        if not words:
            face.talk.say(f"{name} stays as it is.")
            continue
        said = "" if words == "-" else words
        try:
            await face.session.do(c.EditText(by=face.officer, text=slug, part=name, words=said))
        except Refused as error:
            face.talk.say(*error.diagnostics().split("\n"))
            continue
        show(face, slug)
        face.talk.say("Saved as another version. Codes that were given for it are void.")


def show(face: Face, slug: str) -> None:
    """The text as it would go out now, with its length."""
    rendered = wording(face.state, slug, face.now, face.officer)
    if rendered is None:
        return
    face.talk.head(f"Text {slug}, {size_words(rendered.text, kinds_of_text(face.state, slug))}:")
    if rendered.subject:
        face.talk.say(f"Subject: {rendered.subject}")
    face.talk.say(*words_of(rendered.text))


async def as_sent(face: Face, rest: str) -> None:
    """The whole mail of the current step as it would travel to one person."""
    box = face.box()
    if box is None:
        face.talk.say("No step is in front.")
        return
    mail = await preview(face.session, face.officer, box.step, rest)
    face.talk.head("The mail as it would travel:")
    face.talk.say(*words_of(mail))


async def copy(face: Face, rest: str) -> None:
    """Write the current step's words to a file, for another program to read."""
    box = face.box()
    manifest = face.manifest(box.step) if box is not None else None
    if box is None or (box.text is None and manifest is None):
        face.talk.say("This step has no words to copy. t shows all texts.")
        return
    words, subject = "", ""
    if manifest is not None and manifest.text:
        words, subject = manifest.text, manifest.subject
    elif box.text is not None:
        words, subject = box.text.text, box.text.subject
    typed = rest or await face.talk.ask("Into which file? Its path; Enter goes back")
    if not typed:
        return
    path = write_copy(Path(typed), f"{subject}\n\n{words}" if subject else words)
    face.talk.say(f"Copied to {path}")


def write_copy(path: Path, words: str) -> Path:
    """Write the words into a file that does not exist yet, readable by its owner alone; raises BadInput."""
    path = path.expanduser()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise BadInput(
            f"{path} cannot be written: {why}.", do="Name a file that is not there yet."
        ) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(words + "\n")
    return path.absolute()


async def _which(face: Face) -> str:
    box = face.box()
    slugs = [text.slug for text in face.state.playbook.texts]
    own = box.text_slug if box is not None else ""
    if own in slugs:
        slugs.remove(own)
        slugs.insert(0, own)
    place = await face.talk.pick("Which text?", slugs, default=1 if own else 0)
    return slugs[place - 1] if place else ""
