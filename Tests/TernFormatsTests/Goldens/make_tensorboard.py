"""Makes tensorboard.events and pytorch.events, beside this script: events that TensorBoard's own protocol buffers encode
(tensorboard 2.21), and a file by tensorboardX's SummaryWriter (2.6), its clock stopped. Needs numpy and pillow too.
"""

import pathlib
import struct
import time
import zlib

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.summary.writer.record_writer import RecordWriter

here = pathlib.Path(__file__).parent


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def text(tag, strings):
    dims = [] if len(strings) == 1 else [TensorShapeProto.Dim(size=len(strings))]
    plugin = SummaryMetadata.PluginData(plugin_name="text")
    tensor = TensorProto(dtype=7, tensor_shape=TensorShapeProto(dim=dims), string_val=[each.encode() for each in strings])
    return Summary.Value(tag=tag, metadata=SummaryMetadata(plugin_data=plugin, data_class=2), tensor=tensor)


header = struct.pack(">IIBBBBB", 2, 3, 8, 0, 0, 0, 0)
png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9), 6)) + chunk(b"IEND", b"")
image = Summary.Image(height=3, width=2, colorspace=1, encoded_image_string=png)
histogram = HistogramProto(min=-1.5, max=4, num=7, sum=3, sum_squares=22.5, bucket_limit=[-2, 0, 1, 5], bucket=[0, 3, 0, 4])
start = 1.5e9
events = [
    Event(wall_time=start, file_version="brain.Event:2"),
    Event(wall_time=start + 0.25, step=7, session_log=SessionLog(status=SessionLog.START)),
    Event(
        wall_time=start + 1,
        step=10,
        summary=Summary(value=[Summary.Value(tag="loss", simple_value=0.3), Summary.Value(tag="zero", simple_value=0)]),
    ),
    Event(wall_time=start + 2, step=1 << 40, summary=Summary(value=[Summary.Value(tag="é/image", image=image)])),
    Event(wall_time=start + 3, step=-1, summary=Summary(value=[Summary.Value(tag="w", histo=histogram)])),
    Event(wall_time=start + 4, step=11, summary=Summary(value=[text("one", ["# a"]), text("two", ["", "b"])])),
]
with open(here / "tensorboard.events", "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString(deterministic=True))
    writer.flush()

# tensorboardX is what PyTorch's SummaryWriter was made from, and writes the same.
time.time = lambda: start
from tensorboardX import SummaryWriter  # noqa: E402

i = np.arange(200)
values = np.where(i % 2 == 0, i, -i) * 0.25 * np.where(i % 3 == 0, 1e-6, 1) * np.where(i % 7 == 0, 0, 1)
folder = here / "tensorboardx"
with SummaryWriter(str(folder), purge_step=5) as writer:
    writer.add_scalar("loss", 0.25, 6)
    writer.add_image("picture", np.arange(12, dtype=np.uint8).reshape(3, 2, 2) * 20, 6)
    writer.add_histogram("values", values, 6)
    writer.add_text("note", "**hello**", 6)
(file,) = folder.iterdir()
file.rename(here / "tensorboardx.events")
folder.rmdir()
