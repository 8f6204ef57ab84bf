"""Where a client finds its account: arguments, then the environment, then an rc file."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from carillon import Client, ConfigurationError
from carillon.config import load_config

RC = "[api]\nemail = rc@example.org\nkey = rc-%key\nsite = https://rc.example.org/api/\ninsecure = true\n"
NAMES = ("email", "api_key", "site")
FROM_RC = ("rc@example.org", "rc-%key", "https://rc.example.org")


class ConfigTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        environment = mock.patch.dict(os.environ, {"HOME": folder.name, "USERPROFILE": folder.name}, clear=True)
        environment.start()
        self.addCleanup(environment.stop)

    def write(self, name, text=RC):
        path = self.home / name
        path.write_text(text, "utf-8")
        return str(path)

    def account(self, *args, **given):
        config = load_config(*args, **given)
        return tuple(getattr(config, name) for name in NAMES)

    def test_reads_the_rc_file_of_the_guide(self):
        self.write("aloharc")

        self.assertEqual(self.account("~/aloharc"), FROM_RC)
        self.assertTrue(load_config("~/aloharc").insecure)
        self.assertEqual(Client(config_file="~/aloharc").base_url, "https://rc.example.org/api/")

    def test_finds_an_rc_file_by_itself(self):
        self.write("aloharc")

        self.assertEqual(self.account(), FROM_RC)

    def test_prefers_the_environment_to_the_rc_file(self):
        self.write("aloharc")
        os.environ["CARILLON_EMAIL"] = "env@example.org"
        os.environ["ALOHA_SITE"] = "env.example.org"

        self.assertEqual(self.account("~/aloharc"), ("env@example.org", "rc-%key", "https://env.example.org"))

    def test_prefers_arguments_to_everything(self):
        self.write("aloharc")
        os.environ["CARILLON_EMAIL"] = "env@example.org"

        account = self.account("~/aloharc", email="arg@example.org", site="http://127.0.0.1:4000/")

        self.assertEqual(account, ("arg@example.org", "rc-%key", "http://127.0.0.1:4000"))

    def test_prefers_carillons_names_to_the_others(self):
        for prefix in ("ZULIP", "CARILLON", "ALOHA"):
            for name in NAMES:
                os.environ[f"{prefix}_{name.upper()}"] = f"{prefix.lower()}.example.org"

        self.assertEqual(self.account(), ("carillon.example.org",) * 2 + ("https://carillon.example.org",))

    def test_reads_the_file_that_the_environment_names(self):
        self.write("aloharc", RC.replace("rc@", "other@"))
        os.environ["CARILLON_CONFIG"] = self.write("named")

        self.assertEqual(self.account(), FROM_RC)

    def test_looks_at_no_file_when_nothing_is_missing(self):
        self.write("aloharc", "not an rc file")

        self.assertEqual(self.account(email="a", api_key="k", site="https://s.example.org")[0], "a")

    def test_says_what_is_missing_and_where(self):
        path = self.write("half", "[api]\nemail = a@example.org\n")

        with self.assertRaisesRegex(ConfigurationError, "api_key and site missing in .*half.*CARILLON_API_KEY"):
            load_config(path)
        with self.assertRaisesRegex(ConfigurationError, "no rc file among .*~/aloharc"):
            load_config()

    def test_refuses_what_it_cannot_read(self):
        for text in ("", "[other]\nemail = a\n", "email = a\n"):
            with self.assertRaises(ConfigurationError):
                load_config(self.write("odd", text))
        with self.assertRaisesRegex(ConfigurationError, "cannot read ~/nowhere"):
            load_config("~/nowhere")
        with self.assertRaisesRegex(ConfigurationError, "no address"):
            load_config(email="a", api_key="k", site="ftp://example.org")
        with self.assertRaisesRegex(ConfigurationError, "true or false"):
            load_config(email="a", api_key="k", site="example.org", insecure="maybe")


if __name__ == "__main__":
    unittest.main()
