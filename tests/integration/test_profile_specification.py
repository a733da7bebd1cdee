# SPDX-License-Identifier: MIT
"""The shared config and credentials files on a table of cases of our own, by the SDKs' specification
of the format (AWS SDKs and Tools Reference Guide, "Shared config and credentials files"); botocore
reads the same where it follows it."""
import json
import os
import subprocess
import tempfile
import unittest

from harness import program

K = "[profile a]\n"
# What botocore does otherwise. It reads with Python's configparser.
COMMENT = "botocore keeps comments behind a value"
TWICE = "botocore refuses what stands twice"
NAME = "botocore takes names that the specification ignores"
BOM = "botocore takes no byte order mark"
BLANKS = "botocore ignores sections with blanks at the brackets"
PREFER = "botocore takes [default] or [profile default], whichever stands last"
ERRORS = "botocore takes what the specification calls an error"
OWN = "botocore reads sections of the credentials file that the specification ignores"
DEFAULTS = "botocore continues a line wherever it is indented"

# name: (config file, credentials file, profiles or the error, None or how botocore differs)
TABLE = {
    # --- nothing much
    "no file": (None, None, {}, None),
    "empty files": ("", "", {}, None),
    "blank lines": ("\n\n  \n\t\n", None, {}, None),
    "comments alone": ("# one\n; two\n", None, {}, None),
    "a section without properties": ("[profile a]", None, {"a": {}}, None),
    "no line break at the end": ("[profile a]\nx = 1", None, {"a": {"x": "1"}}, None),
    "CRLF": ("[profile a]\r\nx = 1\r\n", None, {"a": {"x": "1"}}, None),
    "a byte order mark": ("\ufeff[profile a]\nx = 1\n", None, {"a": {"x": "1"}}, BOM),
    # --- section names
    "default": ("[default]\nx = 1\n", None, {"default": {"x": "1"}}, None),
    "profile default": ("[profile default]\nx = 1\n", None, {"default": {"x": "1"}}, None),
    "blanks in the brackets": ("[  profile   a  ]\nx = 1\n", None, {"a": {"x": "1"}}, BLANKS),
    "tabs in the brackets": ("[\tprofile\ta\t]\nx = 1\n", None, {"a": {"x": "1"}}, BLANKS),
    "a comment behind the brackets": ("[profile a] # c\nx = 1\n", None, {"a": {"x": "1"}}, None),
    "a comment at the brackets": ("[profile a];c\nx = 1\n", None, {"a": {"x": "1"}}, None),
    "every character of a name": ("[profile Az0-_/.%@:+]\nx = 1\n", None,
                                  {"Az0-_/.%@:+": {"x": "1"}}, None),
    "names are case-sensitive": ("[profile A]\nx = 1\n[profile a]\nx = 2\n", None,
                                 {"A": {"x": "1"}, "a": {"x": "2"}}, None),
    "a name with a blank": ("[profile a b]\nx = 1\n", None, {}, None),
    "a name beyond ASCII": ("[profile ä]\nx = 1\n", None, {}, NAME),
    "no prefix in the config file": ("[a]\nx = 1\n", None, {}, None),
    "a prefix without a blank": ("[profilea]\nx = 1\n", None, {}, None),
    "a prefix in the credentials file": (None, "[profile a]\nx = 1\n", {}, OWN),
    "a prefix of another case": ("[PROFILE a]\nx = 1\n", None, {}, None),
    "a section of an unknown kind": ("[plugins x]\ny = 1\n[profile a]\nx = 1\n", None,
                                     {"a": {"x": "1"}}, None),
    "properties of an ignored section": ("[x]\ny = 1\n z\n[profile a]\n", None, {"a": {}}, None),
    "a section that does not close": ("[profile a\nx = 1\n", None,
                                      "config:1: Profile definition must end with ']'", None),
    "a comment that hides the end": ("[profile a # ]\n", None,
                                     "config:1: Profile definition must end with ']'", ERRORS),
    # --- properties
    "no blanks around the sign": (K + "x=1\n", None, {"a": {"x": "1"}}, None),
    "many blanks around the sign": (K + "x \t = \t 1 \t \n", None, {"a": {"x": "1"}}, None),
    "an empty value": (K + "x =\n", None, {"a": {"x": ""}}, None),
    "a sign in the value": (K + "x = a=b==\n", None, {"a": {"x": "a=b=="}}, None),
    "brackets in the value": (K + "x = [b]\n", None, {"a": {"x": "[b]"}}, None),
    "quotes are part of the value": (K + "x = \"b\"\n", None, {"a": {"x": "\"b\""}}, None),
    "names lose their case": (K + "REGION = Eu\n", None, {"a": {"region": "Eu"}}, None),
    "a value beyond ASCII": (K + "x = ä€\n", None, {"a": {"x": "ä€"}}, None),
    "a name with a blank is ignored": (K + "x y = 1\nz = 2\n", None, {"a": {"z": "2"}}, NAME),
    "a colon is no sign": (K + "x : 1\n", None,
                           "config:2: Expected an '=' sign defining a property", ERRORS),
    "no sign": (K + "x\n", None, "config:2: Expected an '=' sign defining a property", None),
    "no name": (K + "= x\n", None, "config:2: Property did not have a name", None),
    "a property before any section": ("x = 1\n[profile a]\n", None,
                                      "config:1: Expected a profile definition", None),
    "an indented one before any section": (
        " x = 1\n", None, "config:1: Expected a profile definition, found continuation", None),
    "an indented one first in a section": (
        K + " x = 1\n", None, "config:2: Expected a property definition, found continuation",
        DEFAULTS),
    # --- comments
    "a comment behind a value": (K + "x = 1 # c\n", None, {"a": {"x": "1"}}, COMMENT),
    "a semicolon behind a value": (K + "x = 1 ; c\n", None, {"a": {"x": "1"}}, COMMENT),
    "a tab before the comment": (K + "x = 1\t# c\n", None, {"a": {"x": "1"}}, COMMENT),
    "no blank before the sign of a comment": (K + "x = 1#c;d\n", None, {"a": {"x": "1#c;d"}},
                                              None),
    "a value that is a comment": (K + "x = # c\n", None, {"a": {"x": ""}}, COMMENT),
    "a comment between properties": (K + "x = 1\n# y = 2\n; z = 3\nv = 4\n", None,
                                     {"a": {"x": "1", "v": "4"}}, None),
    "an indented comment": (K + "x = 1\n  # c\ny = 2\n", None, {"a": {"x": "1\n# c", "y": "2"}},
                            "botocore drops an indented comment line"),
    # --- continuation lines
    "one continuation": (K + "x = 1\n 2\n", None, {"a": {"x": "1\n2"}}, None),
    "several continuations": (K + "x = 1\n 2\n\t3\n", None, {"a": {"x": "1\n2\n3"}}, None),
    "a continuation with a sign": (K + "x = 1\n y = 2\n", None, {"a": {"x": "1\ny = 2"}}, None),
    "a comment within a continuation": (K + "x = 1\n 2 # 3\n", None, {"a": {"x": "1\n2 # 3"}},
                                        None),
    "blanks after a continuation": (K + "x = 1\n 2 \t\n", None, {"a": {"x": "1\n2"}}, None),
    # --- nested properties
    "nested": (K + "s3 =\n  x = 1\n  y = 2\n", None, {"a": {"s3": "\nx = 1\ny = 2"}}, None),
    "nested, then a property": (K + "s3 =\n  x = 1\ny = 2\n", None,
                                {"a": {"s3": "\nx = 1", "y": "2"}}, None),
    "nested without a value": (K + "s3 =\n  x =\n", None, {"a": {"s3": "\nx ="}}, None),
    "nested without a sign": (K + "s3 =\n  x\n", None,
                              "config:3: Expected an '=' sign defining a sub-property", None),
    "nested without a name": (K + "s3 =\n  = x\n", None,
                              "config:3: Sub-property did not have a name", ERRORS),
    # --- what stands twice
    "a property twice": (K + "x = 1\ny = 2\nx = 3\n", None, {"a": {"x": "3", "y": "2"}}, TWICE),
    "a property twice in two cases": (K + "x = 1\nX = 3\n", None, {"a": {"x": "3"}}, TWICE),
    "a section twice": (K + "x = 1\ny = 1\n" + K + "x = 2\n", None,
                        {"a": {"x": "2", "y": "1"}}, TWICE),
    "a section twice with another between": (
        K + "x = 1\n[profile b]\nx = 0\n" + K + "y = 2\n", None,
        {"a": {"x": "1", "y": "2"}, "b": {"x": "0"}}, TWICE),
    "profile default before default": (
        "[profile default]\nx = 1\n[default]\nx = 2\ny = 2\n", None, {"default": {"x": "1"}},
        PREFER),
    "default before profile default": (
        "[default]\nx = 2\ny = 2\n[profile default]\nx = 1\n", None, {"default": {"x": "1"}},
        None),
    # --- both files
    "both, different profiles": (K + "x = 1\n", "[b]\ny = 2\n",
                                 {"a": {"x": "1"}, "b": {"y": "2"}}, None),
    "both, different properties": (K + "x = 1\n", "[a]\ny = 2\n", {"a": {"x": "1", "y": "2"}},
                                   None),
    "the credentials file wins": (K + "x = 1\n", "[a]\nx = 2\n", {"a": {"x": "2"}}, None),
    "default in both": ("[default]\nx = 1\n", "[default]\ny = 2\n",
                        {"default": {"x": "1", "y": "2"}}, None),
    "an error in the credentials file": (K, "[a]\n\nx\n",
                                         "credentials:3: Expected an '=' sign defining a property",
                                         None),
}


def ours():
    requests = [{"op": "profiles", "config_file": config, "credentials_file": credentials}
                for config, credentials, *_ in TABLE.values()]
    done = subprocess.run([program("ORGRUN_PROBE_BIN")], input=json.dumps(requests),
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(zip(TABLE, json.loads(done.stdout)))


def botos(config, credentials):
    """The profiles as botocore has them, or the name of its error."""
    import botocore.exceptions
    import botocore.session
    with tempfile.TemporaryDirectory(prefix="orgrun-test-") as folder:
        paths = []
        for name, text in (("config", config), ("credentials", credentials)):
            paths.append(os.path.join(folder, name))
            if text is not None:
                with open(paths[-1], "w", encoding="utf-8", newline="") as file:
                    file.write(text)
        session = botocore.session.Session()
        session.set_config_variable("config_file", paths[0])
        session.set_config_variable("credentials_file", paths[1])
        try:
            profiles = session.full_config["profiles"]
        except botocore.exceptions.ConfigParseError as e:
            return type(e).__name__
        return {name: {k: v if isinstance(v, str) else "".join(
            f"\n{n} = {w}".rstrip() for n, w in v.items()) for k, v in p.items()}
            for name, p in profiles.items()}


class Specification(unittest.TestCase):
    maxDiff = None

    def test_table(self):
        self.assertGreaterEqual(len(TABLE), 60)
        answers = ours()
        for name, (_, _, wanted, _) in TABLE.items():
            with self.subTest(name):
                answer = answers[name]
                self.assertEqual(answer.get("error", answer.get("profiles")), wanted)

    def test_botocore(self):
        for name, (config, credentials, wanted, differs) in TABLE.items():
            found = botos(config, credentials)
            same = found == ("ConfigParseError" if isinstance(wanted, str) else wanted)
            with self.subTest(name, found=found):
                self.assertEqual(same, differs is None)


if __name__ == "__main__":
    unittest.main()
