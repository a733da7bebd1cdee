# SPDX-License-Identifier: MIT
"""What `cmake --install` leaves behind: the program, the libraries, headers for C and C++, and a
pkg-config file that links against both."""
import os
import subprocess
import unittest
from pathlib import Path

from harness import SANITIZERS, Case, plain_environment

PROGRAM = """
#include <orgrun/orgrun.h>
#include <stdio.h>

int main(void)
{
    struct orgrun_error err = {};
    struct orgrun_job *job = NULL;
    const char *format, *what;
    for (unsigned i = 0; orgrun_report_format(i, &format, &what); i++)
        printf("%s ", format);
    printf("%s\\n", orgrun_outcome_name(ORGRUN_CANCELLED));
    int rc = orgrun_job_load(&job, "nowhere.yaml", NULL, &err);
    printf("%d %s\\n", rc == ORGRUN_EIO, err.message);
    orgrun_job_free(job);
    return 0;
}
"""
# Every header is complete by itself, and as strict as a C++ compiler can be.
CXX = ["g++", "-std=c++11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


class Install(Case):
    def setUp(self):
        super().setUp()
        self.prefix = self.dir / "prefix"
        self.command("cmake", "--install", os.environ["ORGRUN_BUILD_DIR"], "--prefix",
                     str(self.prefix))
        (self.config,) = self.prefix.rglob("liborgrun.pc")

    def command(self, *arguments, **more):
        done = subprocess.run(arguments, capture_output=True, text=True, cwd=self.dir, **more)
        self.assertEqual(done.returncode, 0, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def pkg_config(self, *arguments):
        # The build's prefix stands in the file; pkg-config puts the installed one in its place.
        env = {**os.environ, "PKG_CONFIG_PATH": str(self.config.parent)}
        return self.command("pkg-config", f"--define-variable=prefix={self.prefix}", *arguments,
                            "liborgrun", env=env).split()

    def sanitizers(self):
        names = os.environ.get("ORGRUN_SANITIZE")
        return [f"-fsanitize={names}"] if names else []

    def build_and_run(self, compiler, libraries, source):
        flags = self.pkg_config("--cflags")
        self.command(*compiler, *self.sanitizers(), source, *flags, "-o", "program", *libraries)
        out = self.command("./program", env={**plain_environment(self.home), **SANITIZERS,
                                             "LD_LIBRARY_PATH": str(self.config.parent.parent)})
        formats, second = out.splitlines()
        self.assertTrue(formats.startswith("table json junit"), out)
        self.assertTrue(formats.endswith("cancelled"), out)
        self.assertTrue(second.startswith("1 "), out)
        self.assertIn("nowhere.yaml", second)

    def test_shared_from_c(self):
        (self.dir / "p.c").write_text(PROGRAM)
        self.build_and_run(["gcc", "-Wall", "-Wextra", "-Werror"], self.pkg_config("--libs"), "p.c")
        self.assertIn("liborgrun.so.0", self.command("readelf", "-d", "program"))

    def test_static_from_c(self):
        (self.dir / "p.c").write_text(PROGRAM)
        # The archive, against the shared libraries that it needs: Debian has no static ones of all.
        needed = self.pkg_config("--print-requires-private")
        libraries = [str(self.config.parent.parent / "liborgrun.a"),
                     *self.command("pkg-config", "--libs", *needed).split(), "-lpthread", "-lm"]
        self.build_and_run(["gcc"], libraries, "p.c")
        self.assertNotIn("liborgrun.so", self.command("readelf", "-d", "program"))

    def test_shared_from_cpp(self):
        (self.dir / "p.cc").write_text(PROGRAM)
        self.build_and_run(CXX, self.pkg_config("--libs"), "p.cc")

    def test_each_header_stands_alone(self):
        headers = sorted((self.prefix / "include/orgrun").glob("*.h"))
        self.assertGreater(len(headers), 5)
        for header in headers:
            for compiler, name in ((CXX, "h.cc"), (["gcc", "-std=c11", "-Wall", "-Wextra",
                                                    "-Wpedantic", "-Werror"], "h.c")):
                with self.subTest(header.name, source=name):
                    (self.dir / name).write_text(f"#include <orgrun/{header.name}>\nextern int last;\n")
                    self.command(*compiler, f"-I{self.prefix}/include", "-c", name, "-o", "h.o")

    def test_the_program_runs(self):
        program = self.prefix / "bin/orgrun"
        self.assertRegex(self.command(str(program), "--version"), r"^orgrun \d+\.\d+\.\d+")
        self.assertEqual([p.name for p in Path(self.prefix / "bin").iterdir()], ["orgrun"])


if __name__ == "__main__":
    unittest.main()
