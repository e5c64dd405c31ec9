import Tern

extension OpTable {
    mutating func addInterpolation() {
        for (suffix, mode) in [("nearest", InterpolationMode.nearest), ("nearest-exact", .nearestExact)] {
            one("interpolated-\(suffix)-1d") { interpolated($0, size: [10], mode: mode) }
            one("interpolated-\(suffix)-2d") { interpolated($0, size: [8, 3], mode: mode) }
            one("interpolated-\(suffix)-3d") { interpolated($0, size: [5, 3, 8], mode: mode) }
            one("interpolated-\(suffix)-scale") { interpolated($0, scale: [1.3, 0.6], mode: mode) }
        }
        one("interpolated-nearest-double") { interpolated($0, scale: [2]) }
        one("interpolated-nearest-kept") { interpolated($0, scale: [1.1, 1]) }
        one("interpolated-area-1d") { interpolated($0, size: [3], mode: .area) }
        one("interpolated-area-2d") { interpolated($0, size: [3, 4], mode: .area) }
        one("interpolated-area-3d") { interpolated($0, size: [2, 3, 2], mode: .area) }
        for corners in [false, true] {
            let end = corners ? "-corners" : ""
            one("interpolated-linear-1d\(end)") {
                interpolated($0, size: [11], mode: .linear, alignCorners: corners)
            }
            one("interpolated-linear-2d\(end)") {
                interpolated($0, size: [9, 4], mode: .linear, alignCorners: corners)
            }
            one("interpolated-linear-3d\(end)") {
                interpolated($0, size: [5, 3, 9], mode: .linear, alignCorners: corners)
            }
            one("interpolated-linear-cubic\(end)") {
                interpolated($0, size: [9, 4], mode: .bicubic, alignCorners: corners)
            }
        }
        one("interpolated-linear-1d-scale") { interpolated($0, scale: [1.7], mode: .linear) }
        one("interpolated-linear-2d-scale") { interpolated($0, scale: [1.5, 0.7], mode: .linear) }
        one("interpolated-linear-3d-scale") { interpolated($0, scale: [1.7, 0.8, 2], mode: .linear) }
        one("interpolated-linear-cubic-scale") { interpolated($0, scale: [1.5, 0.7], mode: .bicubic) }
        for (name, mode) in [("bilinear", InterpolationMode.linear), ("bicubic", .bicubic)] {
            one("interpolated-\(name)-kept") { interpolated($0, size: [5, 9], mode: mode) }
            one("interpolated-\(name)-kept-scale") { interpolated($0, scale: [1.1], mode: mode) }
            one("interpolated-\(name)-antialias-scale") {
                interpolated($0, scale: [0.4, 0.9], mode: mode, antialias: true)
            }
            for corners in [false, true] {
                let end = corners ? "-corners" : ""
                one("interpolated-\(name)-one\(end)") {
                    interpolated($0, size: [4, 1], mode: mode, alignCorners: corners)
                }
                one("interpolated-\(name)-antialias\(end)") {
                    interpolated($0, size: [4, 12], mode: mode, alignCorners: corners, antialias: true)
                }
            }
        }
        one("interpolated-bilinear-wide") { interpolated($0, size: [3, 150], mode: .linear) }
        one("interpolated-bilinear-tall") { interpolated($0, size: [37, 2], mode: .linear, antialias: true) }
        one("interpolated-bilinear-long") { interpolated($0, size: [2], mode: .linear, antialias: true) }
        one("interpolated-bilinear-channels") { interpolated($0, size: [3], mode: .linear) }
        one("interpolated-bytes-nearest") { interpolated($0, size: [7, 4]) }
        one("interpolated-special") { interpolated($0, size: [5, 4], mode: .linear) }
    }

    mutating func addGrids() {
        for mode in GridSamplingMode.allCases {
            for padding in GridPadding.allCases {
                for corners in [false, true] {
                    let settings = "\(mode)-\(padding)\(corners ? "-corners" : "")"
                    let sample = { @Sendable (x: Tensor, grid: Tensor) in
                        gridSample(x, grid, mode: mode, padding: padding, alignCorners: corners)
                    }
                    two("gridSample-\(settings)", sample)
                    if mode != .bicubic { two("gridSample-3d-\(settings)", sample) }
                }
            }
        }
        two("gridSample-far") { gridSample($0, $1) }
        for corners in [false, true] {
            let end = corners ? "-corners" : ""
            one("affineGrid\(end)") { affineGrid($0, size: [2, 3, 4, 1], alignCorners: corners) }
            one("affineGrid-3d\(end)") { affineGrid($0, size: [1, 3, 2, 3, 4], alignCorners: corners) }
        }
    }

    mutating func addPatches() {
        patches("plain", [5, 6], [2, 3])
        patches("padded", [4, 5], 3, padding: 1)
        patches("strided", [7, 8], 3, stride: [2, 3], padding: [1, 0])
        patches("dilated", [8, 7], [3, 2], padding: 2, dilation: 2)
        patches("all", [9, 8], [2, 3], stride: 2, padding: [0, 1], dilation: [3, 2])
        one("unfold-no-batch") { unfold($0, kernelSize: 2) }
        one("fold-no-batch") { fold($0, outputSize: [3, 4], kernelSize: 2) }
        one("unfolded") { $0.unfolded(axis: 1, size: 3, step: 2) }
        one("unfolded-overlapping") { $0.unfolded(axis: -1, size: 4, step: 1) }
        one("unfolded-whole") { $0.unfolded(axis: 0, size: 5, step: 7) }
        one("unfolded-gaps") { $0.unfolded(axis: 0, size: 2, step: 3) }
    }

    private mutating func patches(
        _ name: String, _ size: Size2d, _ kernel: Size2d, stride: Size2d = 1, padding: Padding2d = 0,
        dilation: Size2d = 1
    ) {
        one("unfold-\(name)") {
            unfold($0, kernelSize: kernel, stride: stride, padding: padding, dilation: dilation)
        }
        one("fold-\(name)") {
            fold($0, outputSize: size, kernelSize: kernel, stride: stride, padding: padding, dilation: dilation)
        }
    }

    mutating func addShuffles() {
        one("pixelShuffle") { pixelShuffle($0, 2) }
        one("pixelShuffle-no-batch") { pixelShuffle($0, 3) }
        one("pixelUnshuffle") { pixelUnshuffle($0, 2) }
        one("pixelUnshuffle-no-batch") { pixelUnshuffle($0, 3) }
        one("channelShuffle") { channelShuffle($0, groups: 3) }
        for (name, size) in [("1d", 3), ("2d", 4), ("wide", 9)] {
            one("localResponseNorm-\(name)") { localResponseNorm($0, size: size, alpha: 0.5, beta: 0.6, k: 1.5) }
        }
        one("localResponseNorm-defaults") { localResponseNorm($0, size: 2) }
    }
}
