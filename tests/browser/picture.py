"""What is in a screenshot: a blank canvas has hardly a colour, a changed map has other pixels."""

from __future__ import annotations

import base64

from playwright.sync_api import Locator, Page

READ = """async (shots) => {
  const read = async (shot) => {
    const file = await fetch(`data:image/png;base64,${shot}`);
    const image = await createImageBitmap(await file.blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    return new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  };
  const [one, other] = await Promise.all(shots.map(read));
  if (!other) return new Set(one).size;
  return one.reduce((changed, pixel, index) => changed + (pixel === other[index] ? 0 : 1), 0);
}"""


class Darkroom:
    """Reads screenshots in a blank page of the same browser: no image library is needed."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def colours(self, place: Locator) -> int:
        """Count the colours shown in a place now."""
        return self._read(place.screenshot())

    def changed(self, before: bytes, after: bytes) -> int:
        """Count the pixels in which two screenshots of one place differ."""
        return self._read(before, after)

    def _read(self, *shots: bytes) -> int:
        return int(self._page.evaluate(READ, [base64.b64encode(shot).decode() for shot in shots]))
