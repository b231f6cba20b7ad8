"""What a terminal shows of what is written to it, and a picture of that. Knows nothing of who writes."""
import html
import re

LIGHT = {"text": "#d8dee9", "dim": "#8892a4", "back": "#14181f", "bar": "#1d232d"}
COLORS = ["#5c6675", "#ff7a6b", "#4cc38a", "#f0b73e", "#82aaff", "#c39bff", "#4fc3d9", "#d8dee9"]
SEQUENCE = re.compile(r"\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|\r|\n|\x08|\t|[^\x00-\x1f\x7f]")


class Screen:
    """As many lines as are written, of which the last `rows` can be moved over."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines = [[]]
        self.row = self.column = 0
        self.style = ()

    def write(self, text):
        for found in SEQUENCE.finditer(text):
            piece = found.group()
            if found.group(2):
                self.control(found.group(1), found.group(2))
            elif piece == "\r":
                self.column = 0
            elif piece == "\n":
                self.down(1)
            elif piece == "\x08":
                self.column = max(0, self.column - 1)
            elif piece == "\t":
                self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
            elif piece[0] != "\x1b":
                self.put(piece)

    def put(self, letter):
        if self.column >= self.columns:
            self.column = 0
            self.down(1)
        line = self.lines[self.row]
        line.extend([(" ", ())] * (self.column + 1 - len(line)))
        line[self.column] = (letter, self.style)
        self.column += 1

    def down(self, count):
        self.row += count
        while len(self.lines) <= self.row:
            self.lines.append([])

    def control(self, parameters, letter):
        numbers = [int(number) if number.isdigit() else 0 for number in parameters.split(";")]
        count = max(1, numbers[0])
        top = max(0, len(self.lines) - self.rows)
        if letter == "m":
            self.style = styled(self.style, numbers)
        elif letter in "AF":
            self.row = max(top, self.row - count)
        elif letter in "BE":
            self.row = min(len(self.lines) - 1, self.row + count)
        elif letter == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif letter == "D":
            self.column = max(0, self.column - count)
        elif letter == "G":
            self.column = count - 1
        elif letter == "H":
            self.row = min(top + count - 1, len(self.lines) - 1)
            self.column = max(1, numbers[1] if len(numbers) > 1 else 1) - 1
        elif letter == "K":
            line = self.lines[self.row]
            if numbers[0] == 2:
                line.clear()
            elif numbers[0] == 0:
                del line[self.column :]
        elif letter == "J" and numbers[0] == 0:
            del self.lines[self.row + 1 :]
            del self.lines[self.row][self.column :]
        if letter in "EF":
            self.column = 0

    def text(self):
        lines = ["".join(letter for letter, _ in line).rstrip() for line in self.lines]
        return "\n".join(lines).rstrip("\n")


def styled(style, numbers):
    kept = dict(style)
    for i, number in enumerate(numbers):
        if number == 0:
            kept = {}
        elif number in (1, 2):
            kept["weight"] = number
        elif number == 22:
            kept.pop("weight", None)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            kept["color"] = COLORS[number % 10]
        elif number == 38 and numbers[i + 1 : i + 2] == [5] and numbers[i + 2] < 16:
            kept["color"] = COLORS[numbers[i + 2] % 8]
            break
        elif number in (38, 48):
            break
        elif number == 39:
            kept.pop("color", None)
    return tuple(sorted(kept.items()))


def svg(screen, title):
    """Text, not shapes: it can be read aloud and searched."""
    lines = list(screen.lines)
    while lines and not any(letter != " " for letter, _ in lines[-1]):
        lines.pop()
    size, height, margin, bar = 14, 20, 18, 34
    letter_width = size * 0.602
    width = int(2 * margin + screen.columns * letter_width)
    total = bar + 2 * margin + height * len(lines) - 6
    made = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{total}" viewBox="0 0 {width} {total}" role="img">',
            f"<title>{html.escape(title)}</title>",
            f'<rect width="{width}" height="{total}" rx="10" fill="{LIGHT["back"]}"/>',
            f'<path d="M0 {bar}V10A10 10 0 0 1 10 0H{width - 10}A10 10 0 0 1 {width} 10V{bar}Z" fill="{LIGHT["bar"]}"/>']
    for i, color in enumerate(("#ff6f5e", "#f0b73e", "#4cc38a")):
        made.append(f'<circle cx="{20 + 20 * i}" cy="{bar // 2}" r="6" fill="{color}"/>')
    made.append(f'<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,\'DejaVu Sans Mono\',monospace" font-size="{size}" '
                f'fill="{LIGHT["text"]}" xml:space="preserve">')
    for number, line in enumerate(lines):
        y = bar + margin + height * number + 12
        start = 0
        while start < len(line):
            end = start
            while end < len(line) and line[end][1] == line[start][1]:
                end += 1
            text = "".join(letter for letter, _ in line[start:end])
            if text.strip():
                made.append(run_of(text, dict(line[start][1]), margin + start * letter_width, y, letter_width))
            start = end
    return "\n".join(made) + "\n</g>\n</svg>\n"


def run_of(text, style, x, y, letter_width):
    shift = len(text) - len(text.lstrip())
    text = text.strip()
    x += shift * letter_width
    how = f' fill="{style["color"]}"' if "color" in style else ""
    if style.get("weight") == 1:
        how += ' font-weight="700"'
    if style.get("weight") == 2:
        how += f' fill="{LIGHT["dim"]}"' if "color" not in style else ' opacity=".7"'
    # The length keeps columns in line, whichever font there is.
    return f'<text x="{x:.1f}" y="{y}" textLength="{len(text) * letter_width:.1f}"{how}>{html.escape(text, quote=False)}</text>'
