"""Runs exported models in onnxruntime: `check_exports.py FOLDER`.

The folder has NAME.onnx, and for each case NAME.CASE.input.npy and NAME.CASE.output.npy. Each line is a name and what is
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
        cases = sorted(glob.glob(path[: -len(".onnx")] + ".*.input.npy"))
        problem = "" if cases else "no case"
        for case in cases:
            expected = np.load(case.replace(".input.npy", ".output.npy"))
            found = session.run(None, {session.get_inputs()[0].name: np.load(case)})[0]
            if found.shape != expected.shape:
                problem = f"{os.path.basename(case)}: shape {found.shape}, expected {expected.shape}"
                continue
            error = np.abs(found - expected).max() / np.abs(expected).max()
            if not error <= 1e-5:
                problem = f"{os.path.basename(case)}: relative error {error}"
        print(name, problem or "ok")
    except Exception as error:
        print(name, str(error).replace("\n", " ")[:400])
