"""Lines as a terminal shows them in colour, and a picture of that. Knows nothing of who writes, nor of moving about."""
import html
import re

LIGHT = {"text": "#d8dee9", "dim": "#8892a4", "back": "#14181f", "bar": "#1d232d"}
COLORS = ["#5c6675", "#ff7a6b", "#4cc38a", "#f0b73e", "#82aaff", "#c39bff", "#4fc3d9", "#d8dee9"]
SEQUENCE = re.compile(r"\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|\r|\n|\t|[^\x00-\x1f\x7f]")


class Screen:
    """Lines of letters with their styles; those that are too long go on below."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [[]]
        self.style = ()

    def write(self, text):
        for found in SEQUENCE.finditer(text):
            piece = found.group()
            if found.group(2) == "m":
                numbers = [int(number) if number.isdigit() else 0 for number in found.group(1).split(";")]
                self.style = styled(self.style, numbers)
            elif piece == "\n":
                self.lines.append([])
            elif piece == "\t":
                self.lines[-1].extend([(" ", ())] * (8 - len(self.lines[-1]) % 8))
            elif piece >= " ":
                self.put(piece)

    def put(self, letter):
        if len(self.lines[-1]) == self.columns:
            self.lines.append([])
        self.lines[-1].append((letter, self.style))


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
