"""The building blocks of every module's schemas: fields with the contract's rules, and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC
from functools import cache, cached_property, partial
from operator import attrgetter, itemgetter
from typing import Any

import marshmallow
from marshmallow import EXCLUDE, ValidationError, fields, validate

from asyncops.clock import format_time
from asyncops.pagination import MAX_ID, PageRequest

_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/?^_`{|}~-]+@[A-Za-z0-9.-]+")  # no quotes, no =?...?=
# With what turns the reading direction around: a name must look like what it is, also inside other texts.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


Write = Callable[..., dict[str, Any] | None]
Convert = Callable[[Any, Any], Any]

_ABSENT: Any = object()
_AS_THEY_ARE = (fields.String, fields.Integer, fields.Boolean)


class Schema(marshmallow.Schema):
    """Base of all schemas: unknown fields are ignored, rows are read by attribute."""

    class Meta:
        """Options of marshmallow."""

        unknown = EXCLUDE

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Read a row's column, an object's attribute or a mapping's key, without marshmallow's guessing."""
        return obj.get(attr, default) if isinstance(obj, dict) else getattr(obj, attr, default)


class Answer(Schema):
    """Base of schemas that only go out: every field is always there."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Mark each field as required and read-only, so that generated clients have exact types."""
        super().on_bind_field(field_name, field_obj)
        field_obj.required = field_obj.metadata.get("always", True)
        field_obj.dump_only = True

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """As marshmallow does, which asks each field of each row anew how it is read and written.

        What comes of it is for `asyncops.http.json.wire`, which writes most times faster than we can.
        """
        one = self._writer
        return [one(each) for each in obj] if (self.many if many is None else many) else one(obj)

    @cached_property
    def _writer(self) -> Write:
        """A function that writes one object, with every question answered that the fields alone can answer."""
        named = [(field.data_key or name, field.attribute or name, field) for name, field in self.dump_fields.items()]
        parts = [_Part(key, attribute, field) for key, attribute, field in named]
        moments = [part.key for part in parts if part.is_moment]
        converted = [(part.key, part.convert) for part in parts if part.convert is not None and not part.is_moment]
        keys = [part.key for part in parts]
        whole = len(parts) > 1 and not any(part.is_computed for part in parts)
        from_row = attrgetter(*(part.attribute for part in parts))
        from_dict = itemgetter(*(part.attribute for part in parts))

        def write(obj: Any, _around: Any = None) -> dict[str, Any] | None:
            if obj is None:
                return None
            if not whole:
                return one_by_one(obj)
            try:
                values = from_dict(obj) if isinstance(obj, dict) else from_row(obj)
            except (AttributeError, KeyError):  # something is left out
                return one_by_one(obj)
            written = dict(zip(keys, values, strict=True))
            for key in moments:
                moment = written[key]
                # Else orjson writes it so, and faster.
                if moment is not None and not (moment.microsecond and moment.tzinfo is UTC):
                    written[key] = format_time(moment)
            for key, convert in converted:
                written[key] = convert(written[key], obj)
            return written

        def one_by_one(obj: Any) -> dict[str, Any]:
            get = obj.get if isinstance(obj, dict) else partial(getattr, obj)
            values = [(part, None if part.is_computed else get(part.attribute, _ABSENT)) for part in parts]
            return {
                part.key: value if part.convert is None else part.convert(value, obj)
                for part, value in values
                if value is not _ABSENT
            }

        return write


class _Part:
    """One field of an object: under which key it goes out, what it is read from, and how it is written."""

    def __init__(self, key: str, attribute: str, field: fields.Field[Any]) -> None:
        self.key = key
        self.attribute = attribute
        self.convert: Any = _writer_of(field, attribute)
        self.is_moment = type(field) is Moment
        self.is_computed = not field._CHECK_ATTRIBUTE  # noqa: SLF001 - methods and functions read the whole object


def _writer_of(field: fields.Field[Any], attribute: str) -> Convert | None:
    """How the field writes a value (of an object); None: as it is.

    Text, numbers and flags come out of the database as such, so that converting them would change nothing.
    """
    if type(field) in _AS_THEY_ARE:
        return None
    if type(field) is fields.Nested and isinstance(field.schema, Answer):
        one = field.schema._writer  # noqa: SLF001 - our own
        if not (field.many or field.schema.many):
            return one
        return lambda value, _: None if value is None else [one(each) for each in value]
    if type(field) is fields.List:
        inner = _writer_of(field.inner, attribute)
        if inner is None:
            return None
        return lambda value, obj: None if value is None else [inner(each, obj) for each in value]
    return lambda value, obj: field._serialize(value, attribute, obj)  # noqa: SLF001 - what `Field.serialize` ends in


class Person(Answer):
    """A person inside another record."""

    id = fields.Integer()
    email = fields.String()
    full_name = fields.String()
    role = fields.String()
    is_active = fields.Boolean()


class OptionalPerson(fields.Nested):
    """A person that may be missing: an outer join gives a row of nulls, the wire has null."""

    def __init__(self, **kwargs: Any) -> None:
        """Nest a `Person`, or null."""
        super().__init__(Person, allow_none=True, **kwargs)

    # The two classes above disagree about the first parameter's name.
    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        if nested_obj is None or nested_obj.id is None:
            return None
        return super()._serialize(nested_obj, attr, obj, **kwargs)  # type: ignore[no-untyped-call] # marshmallow's gap


class Line(fields.String):
    """A single line of text: stripped, not blank, no control characters."""

    def __init__(self, maximum: int, **kwargs: Any) -> None:
        """Accept up to `maximum` characters."""
        super().__init__(validate=validate.Length(1, maximum), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not text:
            raise ValidationError("It must not be blank.")
        if _CONTROL.search(text):
            raise ValidationError("It must be one line without control characters.")
        return text


class Text(fields.String):
    """Text of many lines (Markdown), kept exactly as sent; not blank unless `blank`, no NUL."""

    def __init__(self, maximum: int, *, blank: bool = False, **kwargs: Any) -> None:
        """Accept up to `maximum` characters."""
        super().__init__(validate=validate.Length(0 if blank else 1, maximum), **kwargs)
        self.blank = blank

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\0" in text:
            raise ValidationError("It must not contain NUL characters.")
        if not self.blank and not text.strip():
            raise ValidationError("It must not be blank.")
        return text


class EmailAddress(fields.Email):
    """An e-mail address of at most 255 characters, stripped: plain ASCII, nothing that a mail header would decode."""

    def __init__(self, **kwargs: Any) -> None:
        """Accept what marshmallow takes for an address."""
        super().__init__(validate=validate.Length(max=255), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs).strip()

    def _validate(self, value: Any) -> None:
        super()._validate(value)
        if not _PLAIN_ADDRESS.fullmatch(value):
            raise ValidationError("Not a valid email address.")


class Search(fields.String):
    """A search text; blank means no search."""

    def __init__(self, **kwargs: Any) -> None:
        """Accept up to 200 characters."""
        super().__init__(validate=validate.Length(max=200), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\0" in text:
            raise ValidationError("It must not contain NUL characters.")
        return text.strip()


class Id(fields.Integer):
    """The id of a record. In a query it comes as text, in a body it must be a number."""

    def __init__(self, **kwargs: Any) -> None:
        """Accept 1 to 2^31-1."""
        super().__init__(validate=validate.Range(1, MAX_ID), **kwargs)


class Moment(fields.DateTime):
    """A time in UTC with six digits, `2026-11-22T19:45:40.853849Z`."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return None if value is None else format_time(value)


class Tags(fields.List[str]):
    """Labels: stripped, without repetition, in the order sent; null is an empty list."""

    MAXIMUM = 20
    MAXIMUM_LENGTH = 50

    def __init__(self, **kwargs: Any) -> None:
        """Accept up to 20 tags of up to 50 characters; a comma would clash with the filter's list."""
        super().__init__(
            Line(self.MAXIMUM_LENGTH, metadata={"pattern": "^[^,]*$"}),
            validate=validate.Length(max=self.MAXIMUM),
            allow_none=True,
            **kwargs,
        )

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """As a list field, and null as the empty list."""
        return super().deserialize([] if value is None else value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        tags = [str(tag) for tag in super()._deserialize(value, attr, data, **kwargs)]
        commas = {position: ["It must not contain a comma."] for position, tag in enumerate(tags) if "," in tag}
        if commas:
            raise ValidationError(commas)
        return list(dict.fromkeys(tags))


class Ids(fields.List[int]):
    """Ids of records; null is an empty list."""

    def __init__(self, **kwargs: Any) -> None:
        """Accept up to 100."""
        super().__init__(Id(strict=True), validate=validate.Length(max=100), allow_none=True, **kwargs)

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """As a list field, and null as the empty list."""
        return super().deserialize([] if value is None else value, attr, data, **kwargs)


class CommaList(fields.String):
    """A query parameter that lists words with commas between; blanks fall away."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\0" in text:
            raise ValidationError("It must not contain NUL characters.")
        return [word.strip() for word in text.split(",") if word.strip()]


class Words(fields.List[str]):
    """A query parameter of words from a closed list: it may repeat, and each may be a list with commas between."""

    def __init__(self, allowed: tuple[str, ...], **kwargs: Any) -> None:
        """Accept `allowed`."""
        metadata = {"description": f"One or more of {', '.join(allowed)}; repeated, or with commas between"}
        super().__init__(fields.String(), metadata=metadata, **kwargs)
        self.allowed = allowed

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        given = super()._deserialize(value, attr, data, **kwargs)
        words = [word.strip() for text in given for word in str(text).split(",") if word.strip()]
        if any(word not in self.allowed for word in words):
            raise ValidationError(f"Must be one of: {', '.join(self.allowed)}.")
        return words


class Numbered(Schema):
    """Query parameters of what comes in numbered pages. Loads `page: PageRequest`."""

    page = fields.Integer(validate=validate.Range(1, MAX_ID), metadata={"description": "From 1"})
    limit = fields.Integer(validate=validate.Range(1, 100), metadata={"description": "Rows on a page, 20 if absent"})

    @marshmallow.post_load
    def _make_page(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        asked = {name: data.pop(name) for name in ("page", "limit", "cursor") if name in data}
        return {**data, "page": PageRequest(**asked)}


class Listing(Numbered):
    """Query parameters of every list; a module's filters are added by subclasses."""

    cursor = fields.String(
        validate=validate.Length(1, 1000),
        metadata={"description": "`next_cursor` of an earlier answer, instead of page"},
    )


@cache
def page_of(item: type[Schema]) -> marshmallow.Schema:
    """The schema of a list of `item`s; made once for each item schema, under the item's name with `Page`."""
    name = item.__name__.removesuffix("Out") + "Page"
    absent = {"always": False}
    made = Answer.from_dict(
        {
            "items": fields.List(fields.Nested(item)),
            "limit": fields.Integer(),
            "next_cursor": fields.String(allow_none=True, metadata={"description": "null on the last page"}),
            "page": fields.Integer(metadata=absent),
            "pages": fields.Integer(metadata=absent),
            "total": fields.Integer(metadata={**absent, "description": "Exact up to 10,000"}),
            "total_is_capped": fields.Boolean(metadata=absent),
        },
        name=name,
    )
    return made()


def one_of(*words: str) -> Callable[[Any], Any]:
    """A validator for a closed list of words."""
    return validate.OneOf(words)
