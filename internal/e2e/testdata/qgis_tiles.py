"""Draws a vector-tile layer with QGIS and says how much of the picture it painted.

usage: python3 qgis_tiles.py URL LAYER WEST SOUTH EAST NORTH MAXZOOM OUT.png
URL holds {z}, {x} and {y}; LAYER is the layer inside the tiles; the box is in
degrees. Prints one line of JSON: {"valid": …, "painted": …, "total": …}.
Needs PyQGIS (Debian: python3-qgis) and no display.
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (  # noqa: E402
    QgsApplication, QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsFillSymbol, QgsMapRendererSequentialJob,
    QgsMapSettings, QgsProject, QgsRectangle, QgsVectorTileBasicRenderer, QgsVectorTileBasicRendererStyle,
    QgsVectorTileLayer, QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402


def main(url, name, west, south, east, north, maxzoom, out):
    app = QgsApplication([], False)
    app.initQgis()
    layer = QgsVectorTileLayer(f"type=xyz&url={url}&zmin=0&zmax={maxzoom}", name)
    style = QgsVectorTileBasicRendererStyle(name, name, QgsWkbTypes.PolygonGeometry)
    style.setSymbol(QgsFillSymbol.createSimple({"color": "#2a7f62", "outline_color": "#0d3b2e", "outline_width": "0.1"}))
    style.setEnabled(True)
    renderer = QgsVectorTileBasicRenderer()
    renderer.setStyles([style])
    layer.setRenderer(renderer)

    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(900, 700))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    to_map = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), settings.destinationCrs(), QgsProject.instance())
    settings.setExtent(to_map.transformBoundingBox(QgsRectangle(west, south, east, north)))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(out)

    white = QColor("white").rgb()
    box = settings.visibleExtent()
    inside = to_map.transformBoundingBox(QgsRectangle(west, south, east, north))
    painted = total = 0
    for y in range(image.height()):
        north_of = box.yMaximum() - (y + 0.5) * box.height() / image.height()
        if not inside.yMinimum() < north_of < inside.yMaximum():
            continue
        for x in range(image.width()):
            east_of = box.xMinimum() + (x + 0.5) * box.width() / image.width()
            if inside.xMinimum() < east_of < inside.xMaximum():
                total += 1
                painted += image.pixel(x, y) != white
    print(json.dumps({"valid": layer.isValid(), "painted": painted, "total": total}), flush=True)
    os._exit(0)  # QGIS is slow and sometimes noisy in taking itself down


if __name__ == "__main__":
    u, n, *box, z, o = sys.argv[1:]
    main(u, n, *(float(v) for v in box), int(z), o)
