"""A headless Chromium, driven by chromedriver over WebDriver. Knows nothing of any page."""
import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

PATIENCE = 120  # seconds for what takes milliseconds on an idle machine
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en-US"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014",
        "ArrowDown": "\ue015", "Tab": "\ue004", "Control": "\ue009"}


class Browser:
    """Ends with its `with`; nothing of it is left, neither processes nor files."""

    def __init__(self, width=1280, height=900, dark=False):
        self.directory = tempfile.mkdtemp(prefix="corun-browser-")
        flags = FLAGS + [f"--user-data-dir={self.directory}/profile", f"--window-size={width},{height}"]
        if dark:
            flags.append("--blink-settings=preferredColorScheme=0")
        environment = dict(os.environ, TMPDIR=self.directory, TZ="UTC")
        # A port of its choice, which it says on its first lines; a group of its own, so that all of it can be ended.
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                       env=environment, start_new_session=True)
        try:
            self.port = self.read_port()
            options = {"args": flags, "binary": shutil.which("chromium")}
            wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                      "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
            self.session = ""
            self.session = "/session/" + self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        except BaseException:
            self.close()
            raise

    def read_port(self):
        for line in self.driver.stdout:
            if "was started successfully on port" in line:
                return int(line.rstrip().rstrip(".").rsplit(" ", 1)[1])
        raise RuntimeError("chromedriver didn't start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            if getattr(self, "session", ""):
                self.call("DELETE", "")
        except (OSError, RuntimeError):
            pass
        try:
            os.killpg(self.driver.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.driver.wait()
        self.driver.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def call(self, method, path, body=None):
        data = None if body is None and method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{getattr(self, 'session', '')}{path}", data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"].split("\n")[0]) from None

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def js(self, script, *arguments):
        """What the script returns."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, *arguments):
        """Until the script returns something true; that."""
        end = time.monotonic() + PATIENCE
        while True:
            value = self.js(script, *arguments)
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"this never came true: {script} {arguments}")
            time.sleep(0.02)

    def click(self, selector):
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        self.call("POST", f"/element/{found[ELEMENT]}/click")

    def keys(self, *keys):
        """Presses one after the other, wherever the focus is."""
        actions = []
        for key in keys:
            actions += [{"type": kind, "value": KEYS.get(key, key)} for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def mouse(self, *actions):
        """move(x, y), "down", "up" in this order, in the window's pixels."""
        made = []
        for action in actions:
            if isinstance(action, tuple):
                made.append({"type": "pointerMove", "x": int(action[0]), "y": int(action[1]), "duration": 0})
            else:
                made.append({"type": "pointerDown" if action == "down" else "pointerUp", "button": 0})
        self.call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": made}]})

    def resize(self, width, height):
        """Of the page, not of the window: headless windows have a least width."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def cdp(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def log(self, kind):
        """Entries since the last call: "browser" (the console), "performance" (events of the network)."""
        return self.call("POST", "/se/log", {"type": kind})

    def picture_as(self, kind, quality):
        """The page as it is to be seen, as webp or jpeg."""
        return base64.b64decode(self.cdp("Page.captureScreenshot", format=kind, quality=quality)["data"])
