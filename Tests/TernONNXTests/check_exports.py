"""Runs exported models in onnxruntime: `check_exports.py FOLDER`.

The folder has NAME.onnx, and for each case NAME.CASE.output.npy and NAME.CASE.input.npy, or NAME.CASE.input.NUMBER.npy of
several inputs. Each line is a name and what is
wrong with it, or `ok`.
"""

import glob
import os
import sys

import numpy as np
import onnx
import onnxruntime

onnxruntime.set_default_logger_severity(3)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
folder = sys.argv[1]
for path in sorted(glob.glob(os.path.join(folder, "*.onnx"))):
    name = os.path.basename(path)[: -len(".onnx")]
    try:
        onnx.checker.check_model(path, full_check=True)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        cases = sorted(glob.glob(glob.escape(path[: -len(".onnx")]) + ".*.output.npy"))
        problem = "" if cases else "no case"
        for case in cases:
            expected = np.load(case)
            files = sorted(glob.glob(glob.escape(case[: -len("output.npy")]) + "input*.npy"))
            found = session.run(None, {p.name: np.load(file) for p, file in zip(session.get_inputs(), files)})[0]
            if found.shape != expected.shape:
                problem = f"{os.path.basename(case)}: shape {found.shape}, expected {expected.shape}"
                continue
            if not np.issubdtype(expected.dtype, np.floating):
                if not np.array_equal(found, expected):
                    problem = f"{os.path.basename(case)}: other values"
                continue
            error = np.abs(found - expected).max() / np.abs(expected).max()
            # Halves are rounded in other places.
            if not error <= (2e-3 if expected.dtype == np.float16 else 1e-5):
                problem = f"{os.path.basename(case)}: relative error {error}"
        print(name, problem or "ok")
    except Exception as error:
        print(name, str(error).replace("\n", " ")[:400])
