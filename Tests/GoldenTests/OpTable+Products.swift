import Tern

extension OpTable {
    mutating func addProducts() {
        two(
            "matmul",
            [
                "vector-vector", "matrix-vector", "vector-matrix", "matrix", "batch", "batch-broadcast", "batch-matrix",
                "matrix-batch", "batch-vector", "vector-batch", "column-row", "inner-empty", "outer-empty", "edges",
                "long",
                "int64", "rows-of-one", "rows-of-one-vector", "columns-of-one",
            ]
        ) { matmul($0, $1) }
        two("dot") { dot($0, $1) }
        two("outer") { outer($0, $1) }
        for suffix in ["", "-vector", "-rank-4", "-rows-of-one", "-one-feature", "-empty"] {
            three("linear\(suffix)") { linear($0, $1, $2) }
        }
        two("linear-no-bias") { linear($0, $1) }
    }

    mutating func addConvolutions() {
        convolution(["valid", "one-by-one", "kernel-is-image", "empty", "no-batch"])
        convolution(["same", "many-channels", "wide"], padding: 1)
        convolution(["one-channel"], padding: 2)
        convolution(["one-by-one-strided"], stride: 2)
        convolution(["stride", "many-channels-strided"], stride: 2, padding: 1)
        convolution(["stride-uneven"], stride: [3, 2], padding: [0, 1])
        convolution(["stride-beyond-kernel"], stride: 3)
        convolution(["dilation"], padding: 2, dilation: 2)
        convolution(["dilation-stride"], stride: 2, padding: [1, 2], dilation: [2, 3])
        convolution(["groups"], padding: 1, groups: 2)
        convolution(["depthwise"], padding: 1, groups: 5)
        convolution(["depthwise-multiplied"], stride: 2, groups: 3)
        convolution(["row-kernel"], padding: [0, 2])
        convolution(["column-kernel"], padding: [2, 0])
        convolution(["wide-padding"], padding: 4)
        two("conv2d-no-bias") { conv2d($0, $1) }
        two("conv2d-same-even") { conv2d($0, $1, padding: .same) }
        two("conv2d-same-strided") { conv2d($0, $1, stride: 2, padding: .same) }
    }

    private mutating func convolution(
        _ suffixes: [String], stride: Size2d = 1, padding: Padding2d = 0, dilation: Size2d = 1, groups: Int = 1
    ) {
        for suffix in suffixes {
            three("conv2d-\(suffix)") {
                conv2d($0, $1, $2, stride: stride, padding: padding, dilation: dilation, groups: groups)
            }
        }
    }

    mutating func addPools() {
        one("maxPool2d", ["2", "2-odd", "wide", "ties", "special", "no-batch"]) { maxPool2d($0, 2) }
        one("maxPool2d-overlapping") { maxPool2d($0, 3, stride: 2) }
        one("maxPool2d-padded") { maxPool2d($0, 3, stride: 2, padding: 1) }
        one("maxPool2d-uneven") { maxPool2d($0, [2, 3], stride: [1, 2], padding: [1, 0]) }
        one("maxPool2d-ceil") { maxPool2d($0, 3, stride: 2, ceilMode: true) }
        one("maxPool2d-ceil-padded") { maxPool2d($0, 3, stride: 2, padding: 1, ceilMode: true) }
        one("maxPool2d-dilated") { maxPool2d($0, 2, stride: 1, dilation: 2) }
        one("maxPool2d-whole") { maxPool2d($0, 4) }
        one("maxPool2d-same") { maxPool2d($0, 3, stride: 2, padding: .same) }
        one("adaptiveMaxPool2d") { adaptiveMaxPool2d($0, [3, 2]) }
        one("adaptiveMaxPool2d-1") { adaptiveMaxPool2d($0, 1) }
        one("avgPool2d", ["2", "2-odd", "wide"]) { avgPool2d($0, 2) }
        one("avgPool2d-overlapping") { avgPool2d($0, 3, stride: 2) }
        one("avgPool2d-padded") { avgPool2d($0, 3, stride: 2, padding: 1) }
        one("avgPool2d-padding-not-counted") { avgPool2d($0, 3, stride: 2, padding: 1, countsPadding: false) }
        one("avgPool2d-uneven") { avgPool2d($0, [2, 3], stride: [1, 2], padding: [1, 0]) }
        one("avgPool2d-ceil") { avgPool2d($0, 3, stride: 2, ceilMode: true) }
        one("avgPool2d-ceil-padded") { avgPool2d($0, 3, stride: 2, padding: 1, ceilMode: true) }
        one("avgPool2d-ceil-not-counted") {
            avgPool2d($0, 3, stride: 2, padding: 1, ceilMode: true, countsPadding: false)
        }
        one("avgPool2d-whole") { avgPool2d($0, 4) }
        one("avgPool2d-divisor") { avgPool2d($0, 2, divisor: 3) }
        one("adaptiveAvgPool2d") { adaptiveAvgPool2d($0, [3, 2]) }
        one("adaptiveAvgPool2d-1") { adaptiveAvgPool2d($0, 1) }
    }
}
