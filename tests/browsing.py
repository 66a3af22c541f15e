"""A person's browser, without JavaScript: pages, forms, cookies."""

from typing import Any

from webtest import TestApp, TestResponse

from tests.people import PASSWORD
from tests.reading import BROWSER


class Browser:
    """Keeps cookies and asks for pages; ``app`` is the client beneath."""

    def __init__(self, wsgi: Any, **environ: str) -> None:
        self.app = TestApp(
            wsgi,
            extra_environ={"HTTP_HOST": "localhost:6543", "HTTP_ACCEPT": BROWSER, **environ},
        )

    def get(self, address: str, status: int | str = 200, **query: str) -> TestResponse:
        """A page."""
        return self.app.get(address, query or None, status=status)

    def post(
        self, address: str, fields: dict[str, str] | None = None, status: int | str = 303
    ) -> TestResponse:
        """Send fields as they are, whatever page there is."""
        return self.app.post(address, fields or {}, status=status)

    def send(self, page: str, act: str, expect: int | str = 303, **fields: Any) -> TestResponse:
        """Fill in the form of ``page`` whose address ends in ``act``, and send it."""
        form = self.form(self.get(page), act)
        for name, value in fields.items():
            form[name] = value
        return form.submit(status=expect)

    @staticmethod
    def form(page: TestResponse, act: str) -> Any:
        """The first form whose address ends in ``act``."""
        forms = page.forms.values()
        return next(form for form in forms if form.action.endswith(act) and form.method == "post")

    def log_in(
        self, name: str, password: str = PASSWORD, status: int | str = 303, next: str = ""
    ) -> TestResponse:
        """As a person does."""
        root = self.app.extra_environ.get("SCRIPT_NAME", "")
        form = self.app.get("/+login").forms[1]
        assert form.action == f"{root}/+login"
        fields = {
            "csrf_token": form["csrf_token"].value,
            "name": name,
            "password": password,
            "next": next,
        }
        return self.app.post("/+login", fields, status=status)

    def frame(self) -> str:
        """What the account menu says first after Admin: the name, or Log in."""
        page = self.get("/+logout").html
        links = [a.text for a in page.select("nav.account a") if a.text != "Admin"]
        return links[0] if links else ""
