# SPDX-License-Identifier: MIT
"""orgrun on a terminal: a pseudo-terminal that is its controlling one."""
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time

TIMEOUT = 30


class Terminal:
    """Terminal([program, argument...], env=..., cwd=...): what it shows is kept in `text`."""

    def __init__(self, arguments, stdin=None, **more):
        self.fd, other = pty.openpty()
        self.other = other
        self.text = ""
        self.process = subprocess.Popen(
            arguments, stdin=other if stdin is None else stdin, stdout=other, stderr=other,
            start_new_session=True, preexec_fn=self.take_terminal,
            pass_fds=(other,), **more)

    def take_terminal(self):
        fcntl.ioctl(self.other, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whatever the tests were started with

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.fd)
        os.close(self.other)

    def read(self, timeout=0.05):
        if select.select([self.fd], [], [], timeout)[0]:
            self.text += os.read(self.fd, 65536).decode(errors="replace")

    def until(self, text, times=1):
        """Reads until the text was shown so often."""
        self.poll(lambda: self.text.count(text) >= times, repr(text))
        return self.text

    def type(self, text):
        os.write(self.fd, text.encode())

    def echoes(self):
        """Is what is typed shown?"""
        return bool(termios.tcgetattr(self.other)[3] & termios.ECHO)

    def ready(self, text, times=1):
        """Waits until a shell that edits lines has shown its prompt and reads."""
        self.until(text, times)
        self.poll(lambda: not self.echoes(), "the shell to read")

    def poll(self, condition, what):
        end = time.monotonic() + TIMEOUT
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain for {what}; there is {self.text!r}")
            self.read()

    def end(self):
        """Waits for the end; returns the exit code and leaves everything shown in `text`."""
        self.poll(lambda: self.process.poll() is not None, "the end")
        while select.select([self.fd], [], [], 0)[0]:
            self.read(0)
        return self.process.returncode
