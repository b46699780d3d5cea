"""What a WSGI server imports: `gunicorn wsgi:app`."""

from asyncops.app import create_app

app = create_app()
