# SPDX-License-Identifier: BSD-3-Clause
"""A bar for each kind of VM and operation, in parts, as an SVG image."""

WIDTH, LABEL, RIGHT = 860, 250, 50
BAR, GAP, TOP = 11, 12, 64
LIMIT = 4.0         # longer bars are cut
COLOURS = {"el3": "#7a3b69", "monitor": "#c8553d", "kvm": "#e0a030",
           "host": "#8c9a3c", "vmm": "#3d8c83", "guest": "#4a6fa5",
           "load": "#a9b8cf"}


class Plot:
    """Lines of SVG, with y where the next operation goes."""

    def __init__(self, heading, worlds):
        self.lines, self.y = [], TOP
        self.text(12, 22, heading, size=14)
        x = 12
        for world, title in worlds.items():
            self.box(x, 34, 10, COLOURS[world])
            self.text(x + 14, 43, title)
            x += 34 + 6.2 * len(title)

    def text(self, x, y, text, size=11, anchor="start"):
        self.lines.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
                          f'text-anchor="{anchor}">{text}</text>')

    def box(self, x, y, width, colour):
        self.lines.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                          f'height="{BAR - 1}" fill="{colour}"/>')

    @staticmethod
    def at(ratio):
        return LABEL + (WIDTH - LABEL - RIGHT) * min(ratio, LIMIT) / LIMIT

    def bar(self, parts, unit):
        """parts: world -> instructions; unit: what is 1.0 on the axis"""
        done = 0.0
        for world, count in parts.items():
            end = done + count / unit
            self.box(self.at(done), self.y, self.at(end) - self.at(done),
                     COLOURS[world])
            done = end
        self.y += BAR

    def operation(self, title, ordinary, realm, aim):
        unit = sum(ordinary.values())
        ratio = sum(realm.values()) / unit
        self.text(LABEL - 8, self.y + BAR + 3, title, anchor="end")
        self.bar(ordinary, unit)
        self.text(self.at(ratio) + 5, self.y + 9, f"{ratio:.2f}")
        self.bar(realm, unit)
        if aim:
            x = self.at(aim)
            self.lines.append(
                f'<path d="M{x:.1f} {self.y - 2 * BAR - 2}V{self.y + 2}" '
                'stroke="#000" stroke-dasharray="2 2"/>')
        self.y += GAP

    def axis(self):
        grid = []
        for tick in range(int(LIMIT) + 1):
            x = self.at(tick)
            grid.append(f'<path d="M{x:.1f} {TOP - 6}V{self.y}" stroke="#ddd"/>')
            self.text(x, self.y + 14, f"{tick}", anchor="middle")
        self.lines = grid + self.lines

    def image(self):
        self.axis()
        height = self.y + 24
        return "\n".join([
            "<!-- SPDX-License-Identifier: BSD-3-Clause -->",
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
            f'height="{height}" viewBox="0 0 {WIDTH} {height}" '
            'font-family="sans-serif">',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            *self.lines, "</svg>"])
