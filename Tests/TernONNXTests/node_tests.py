"""Writes the standard's own tests of its operators (`onnx.backend.test`) in two files: `node_tests.py FOLDER`.

cases.bin has the bytes of all messages one after the other, cases.json where each is.
"""

import json
import os
import sys
import warnings

import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

warnings.filterwarnings("ignore")
folder = sys.argv[1]
cases = []
with open(os.path.join(folder, "cases.bin"), "wb") as data:

    def put(message):
        start = data.tell()
        data.write(message.SerializeToString())
        return [start, data.tell() - start]

    def value(array, info):
        kind = info.type.WhichOneof("value")
        if kind == "sequence_type":
            return ["sequence", *put(numpy_helper.from_list(array, info.name))]
        if kind == "optional_type":
            element = info.type.optional_type.elem_type.WhichOneof("value")
            if array is None:
                return ["none", 0, 0]
            if element == "sequence_type":
                return ["optionalSequence", *put(numpy_helper.from_list(array, info.name))]
            return ["optionalTensor", *put(numpy_helper.from_array(array, info.name))]
        if isinstance(array, onnx.TensorProto):
            return ["tensor", *put(array)]
        return ["tensor", *put(numpy_helper.from_array(array, info.name))]

    tests = collect_testcases()
    # Those in whose model an operator is expanded to its definition belong to that operator.
    operators = {case.name: case.model.graph.node[0].op_type for case in tests}

    for case in tests:
        graph = case.model.graph
        sets = []
        for inputs, outputs in case.data_sets:
            sets.append(
                {
                    "inputs": [value(a, i) for a, i in zip(inputs, graph.input)],
                    "outputs": [value(a, o) for a, o in zip(outputs, graph.output)],
                }
            )
        cases.append(
            {
                "name": case.name,
                "operator": operators.get(case.name.split("_expanded")[0], operators[case.name]),
                "opset": max(o.version for o in case.model.opset_import if o.domain in ("", "ai.onnx"))
                if any(o.domain in ("", "ai.onnx") for o in case.model.opset_import)
                else 0,
                "model": put(case.model),
                "rtol": case.rtol,
                "atol": case.atol,
                "sets": sets,
            }
        )
with open(os.path.join(folder, "cases.json"), "w") as file:
    json.dump(cases, file)
print(onnx.__version__)
