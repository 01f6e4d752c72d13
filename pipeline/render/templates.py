"""Where templates come from: a newsroom's own files win over the shipped ones, file by file."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

import pipeline
from pipeline.errors import TemplateError
from pipeline.render.markdown import escaped, linked
from pipeline.render.plaintext import underlined, wrap

_PACKAGE = Path(pipeline.__file__).parent
_SUFFIXES = (".j2", ".toml")


@dataclass(frozen=True, kw_only=True)
class TemplateFile:
    """A template by the name it is called by, and the file that is used for it."""

    name: str
    path: Path
    is_own: bool
    """Whether the newsroom's file is used instead of a shipped one."""


@dataclass(frozen=True, kw_only=True)
class Templates:
    """Folders of templates, the one that wins first, the shipped one last."""

    folders: tuple[Path, ...] = field(default_factory=lambda: (shipped_folder(),))

    def files(self) -> tuple[TemplateFile, ...]:
        """Return every template there is, by name."""
        names = {
            str(path.relative_to(folder).as_posix())
            for folder in self.folders
            for path in folder.rglob("*")
            if path.suffix in _SUFFIXES and path.is_file()
        }
        return tuple(self._file(name) for name in sorted(names))

    def layers(self, name: str) -> tuple[str, ...]:
        """Return the texts of every file of that name, the one that wins first; raises when there is none."""
        found = tuple(_text(folder / name, name) for folder in self.folders if (folder / name).is_file())
        if not found:
            raise _absent(name)
        return found

    def render(self, name: str, **context: object) -> str:
        """Set one template; raises ``TemplateError`` with its file, line and what to do."""
        try:
            return self._environment.get_template(name).render(context)
        except TemplateError:
            raise
        except Exception as error:  # a template is a program of the newsroom: anything can go wrong in it
            raise self._explained(error, name) from error

    @cached_property
    def _environment(self) -> jinja2.Environment:
        environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in self.folders]),
            autoescape=lambda name: name is not None and ".txt." not in name and ".md." not in name,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters |= {"wrap": wrap, "underlined": underlined, "md": escaped, "link": linked}
        return environment

    def _file(self, name: str) -> TemplateFile:
        winner = next(folder for folder in self.folders if (folder / name).is_file())
        return TemplateFile(name=name, path=winner / name, is_own=winner != self.folders[-1])

    def _explained(self, error: Exception, name: str) -> TemplateError:
        if isinstance(error, jinja2.TemplateSyntaxError):
            return _fault(error.filename or error.name or name, error.lineno, error.message or "syntax error")
        if isinstance(error, jinja2.TemplateNotFound):
            return _absent(str(error.name or name))
        if isinstance(error, UnicodeDecodeError):
            return TemplateError(
                f"{self._holding(error.object, name)}: not UTF-8 text ({error.reason}); save it as UTF-8"
            )
        file, line = self._place(error, name)
        return _fault(file, line, str(error) or type(error).__name__)

    def _holding(self, content: bytes, name: str) -> str:
        """Return which template holds these bytes: the one that was asked for may include it."""
        return next((file.name for file in self.files() if file.path.read_bytes() == content), name)

    def _place(self, error: Exception, name: str) -> tuple[str, int]:
        """Find the innermost line of a template in the traceback, which Jinja2 keeps true to the files."""
        frames = traceback.extract_tb(error.__traceback__)
        folders = tuple(str(folder) for folder in self.folders)
        inside = [
            frame for frame in frames if frame.filename.startswith(folders) and frame.filename.endswith(".j2")
        ]
        return (inside[-1].filename, inside[-1].lineno or 0) if inside else (name, 0)


def open_templates(own: Path | None = None) -> Templates:
    """Return the shipped templates with a newsroom's own folder, which need not exist, before them."""
    folders = (own.resolve(), shipped_folder()) if own is not None and own.is_dir() else (shipped_folder(),)
    return Templates(folders=folders)


def shipped_folder(package: Path = _PACKAGE) -> Path:
    """Return the checkout's folder when the package stands in one, else the one inside the package.

    The checkout goes first so that a copy left in the package by a build can never hide an edit.
    """
    checkout = package.parent / "templates"
    stands_in_checkout = (package.parent / "pyproject.toml").is_file() and (checkout / "issue").is_dir()
    return checkout if stands_in_checkout else package / "_templates"


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TemplateError(f"{name}: not UTF-8 text ({error.reason}); save it as UTF-8") from error
    except OSError as error:
        raise TemplateError(
            f"{name}: cannot be read ({error.strerror}); check the file and its rights"
        ) from error


def _fault(file: str, line: int, message: str) -> TemplateError:
    place = f"{file}, line {line}" if line else file
    return TemplateError(
        f"{place}: {' '.join(message.split())}; mend it, or remove the file to use the shipped one"
    )


def _absent(name: str) -> TemplateError:
    return TemplateError(f"{name}: no such template; `metabrief templates list` shows what there is")
