import Tern

extension OpTable {
    mutating func addMaxPools() {
        pair("maxPool-1d") { maxPool1dWithIndices($0, 2) }
        pair("maxPool-1d-padded") { maxPool1dWithIndices($0, 3, stride: 2, padding: 1) }
        pair("maxPool-1d-ceil") { maxPool1dWithIndices($0, 3, stride: 2, ceilMode: true) }
        pair("maxPool-1d-dilated") { maxPool1dWithIndices($0, 3, stride: 1, dilation: 2) }
        pair("maxPool-1d-no-batch") { maxPool1dWithIndices($0, 2) }
        one("maxPool-1d-special") { maxPool1d($0, 2) }
        pair("maxPool-2d") { maxPool2dWithIndices($0, 2) }
        pair("maxPool-2d-settings") {
            maxPool2dWithIndices($0, [3, 2], stride: 2, padding: 1, dilation: [1, 2], ceilMode: true)
        }
        pair("maxPool-3d") { maxPool3dWithIndices($0, 2) }
        pair("maxPool-3d-padded") { maxPool3dWithIndices($0, 3, stride: 2, padding: 1) }
        pair("maxPool-3d-uneven") { maxPool3dWithIndices($0, [1, 2, 3], stride: [2, 1, 3], padding: [0, 1, 1]) }
        pair("maxPool-3d-ceil") { maxPool3dWithIndices($0, [3, 2, 2], stride: 2, ceilMode: true) }
        pair("maxPool-3d-dilated") { maxPool3dWithIndices($0, 2, stride: 1, dilation: [3, 2, 1]) }
        pair("maxPool-3d-no-batch") { maxPool3dWithIndices($0, 2) }
        for type in [DType.uint8, .int8, .int32, .int64] {
            pair("maxPool-2d-\(type)") { maxPool2dWithIndices($0, 3, stride: 2, padding: 1) }
            pair("maxPool-2d-\(type)-pairs") { maxPool2dWithIndices($0, 2) }
        }
        pair("maxPool-1d-int64") { maxPool1dWithIndices($0, 3, stride: 2, padding: 1) }
        pair("maxPool-3d-int64") { maxPool3dWithIndices($0, [1, 2, 3], stride: 2, padding: [0, 1, 1]) }
        pair("maxPool-3d-ties") { maxPool3dWithIndices($0, 2) }
        pair("adaptiveMaxPool-1d") { adaptiveMaxPool1dWithIndices($0, 3) }
        pair("adaptiveMaxPool-2d") { adaptiveMaxPool2dWithIndices($0, [3, 2]) }
        pair("adaptiveMaxPool-3d") { adaptiveMaxPool3dWithIndices($0, [2, 3, 1]) }
        two("maxUnpool-1d") { maxUnpool1d($0, $1, 2) }
        two("maxUnpool-1d-twice") { maxUnpool1d($0, $1, 2) }
        two("maxUnpool-2d") { maxUnpool2d($0, $1, [2, 3], outputSize: [7, 6]) }
        two("maxUnpool-3d") { maxUnpool3d($0, $1, 2, stride: [2, 3, 2], padding: [0, 1, 0]) }
        list("fractionalMaxPool-2d") {
            let (values, indices) = fractionalMaxPool2dWithIndices($0[0], [2, 3], outputSize: [4, 3], samples: $0[1])
            return [values, indices]
        }
        list("fractionalMaxPool-3d") {
            let (values, indices) = fractionalMaxPool3dWithIndices($0[0], 2, outputSize: [2, 3, 4], samples: $0[1])
            return [values, indices]
        }
    }

    mutating func addAveragePools() {
        one("avgPool-1d") { avgPool1d($0, 2) }
        one("avgPool-1d-padded") { avgPool1d($0, 3, stride: 2, padding: 1) }
        one("avgPool-1d-not-counted") {
            avgPool1d($0, 3, stride: 2, padding: 1, ceilMode: true, countsPadding: false)
        }
        one("avgPool-1d-no-batch") { avgPool1d($0, 2) }
        one("avgPool-3d") { avgPool3d($0, 2) }
        one("avgPool-3d-padded") { avgPool3d($0, 3, stride: 2, padding: 1) }
        one("avgPool-3d-ceil") { avgPool3d($0, [3, 2, 2], stride: 2, padding: 1, ceilMode: true) }
        one("avgPool-3d-not-counted") {
            avgPool3d($0, [3, 2, 3], stride: [2, 1, 3], padding: [1, 1, 0], countsPadding: false)
        }
        one("avgPool-3d-divisor") { avgPool3d($0, 2, divisor: 3) }
        one("avgPool-3d-no-batch") { avgPool3d($0, 2) }
        one("adaptiveAvgPool-1d") { adaptiveAvgPool1d($0, 3) }
        one("adaptiveAvgPool-3d") { adaptiveAvgPool3d($0, [2, 3, 1]) }
        one("lpPool-1d") { lpPool1d($0, 3, stride: 2) }
        one("lpPool-1d-one") { lpPool1d($0, 2, power: 1) }
        one("lpPool-2d") { lpPool2d($0, 2, power: 3) }
        one("lpPool-2d-ceil") { lpPool2d($0, [3, 2], stride: 2, ceilMode: true) }
        one("lpPool-2d-zero") { lpPool2d($0, 2) }
        one("lpPool-3d") { lpPool3d($0, 2, power: 1.5) }
    }

    private mutating func pair(_ name: String, _ call: @escaping @Sendable (Tensor) -> (Tensor, Tensor)) {
        list(name) {
            let (values, indices) = call($0[0])
            return [values, indices]
        }
    }
}
