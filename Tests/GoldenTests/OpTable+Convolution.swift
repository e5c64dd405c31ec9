import Tern

extension OpTable {
    /// As in `cases_convolution.py`.
    mutating func addConvolutionsOfAllRanks() {
        for name in ["plain", "many-channels", "no-batch", "empty"] {
            three("conv1d-\(name)") { conv1d($0, $1, $2, padding: name == "many-channels" ? 1 : 0) }
        }
        three("conv1d-wide") { conv1d($0, $1, $2, padding: 2) }
        three("conv1d-many-sequences") { conv1d($0, $1, $2, padding: 1) }
        three("conv1d-stride") { conv1d($0, $1, $2, stride: 3, padding: 2) }
        three("conv1d-dilation") { conv1d($0, $1, $2, stride: 2, dilation: 3, groups: 2) }
        three("conv1d-depthwise") { conv1d($0, $1, $2, padding: 1, groups: 5) }
        two("conv1d-same") { conv1d($0, $1, padding: .same, dilation: 2) }
        three("conv3d-plain") { conv3d($0, $1, $2) }
        three("conv3d-many-channels") { conv3d($0, $1, $2) }
        three("conv3d-padding") { conv3d($0, $1, $2, padding: 1) }
        three("conv3d-wide") { conv3d($0, $1, $2, padding: 1) }
        three("conv3d-stride") { conv3d($0, $1, $2, stride: [2, 1, 3], padding: [1, 0, 2]) }
        three("conv3d-stride-beyond-kernel") { conv3d($0, $1, $2, stride: 3) }
        three("conv3d-dilation") { conv3d($0, $1, $2, dilation: [3, 1, 2], groups: 2) }
        three("conv3d-depthwise") { conv3d($0, $1, $2, stride: 2, padding: 1, groups: 3) }
        three("conv3d-no-batch") { conv3d($0, $1, $2, padding: [0, 1, 2]) }
        two("conv3d-same") { conv3d($0, $1, padding: .same) }

        three("convTranspose1d-plain") { convTranspose1d($0, $1, $2) }
        three("convTranspose1d-stride") { convTranspose1d($0, $1, $2, stride: 3, padding: 1, outputPadding: 2) }
        three("convTranspose1d-dilation") {
            convTranspose1d($0, $1, $2, stride: 2, outputPadding: 1, dilation: 2, groups: 2)
        }
        three("convTranspose1d-no-batch") { convTranspose1d($0, $1, $2, stride: 2) }
        three("convTranspose1d-one") { convTranspose1d($0, $1, $2, stride: 5, padding: 1) }
        three("convTranspose2d-plain") { convTranspose2d($0, $1, $2) }
        three("convTranspose2d-doubling") { convTranspose2d($0, $1, $2, stride: 2, padding: 1) }
        three("convTranspose2d-output-padding") {
            convTranspose2d($0, $1, $2, stride: [2, 3], padding: [1, 0], outputPadding: [1, 2])
        }
        three("convTranspose2d-dilation") {
            convTranspose2d($0, $1, $2, outputPadding: [1, 2], dilation: [2, 3], groups: 2)
        }
        three("convTranspose2d-stride-beyond-kernel") { convTranspose2d($0, $1, $2, stride: 3) }
        three("convTranspose2d-depthwise") { convTranspose2d($0, $1, $2, stride: 2, padding: 1, groups: 5) }
        three("convTranspose2d-many-channels") {
            convTranspose2d($0, $1, $2, stride: 2, padding: 1, outputPadding: 1)
        }
        three("convTranspose2d-wide-padding") { convTranspose2d($0, $1, $2, padding: 3) }
        three("convTranspose2d-no-batch") { convTranspose2d($0, $1, $2, stride: 2) }
        three("convTranspose2d-empty") { convTranspose2d($0, $1, $2, stride: 2) }
        two("convTranspose2d-no-bias") { convTranspose2d($0, $1, stride: 2) }
        three("convTranspose2d-same") { convTranspose2d($0, $1, $2, stride: [2, 1], padding: .same) }
        three("convTranspose3d-plain") { convTranspose3d($0, $1, $2) }
        three("convTranspose3d-doubling") { convTranspose3d($0, $1, $2, stride: 2, padding: 1) }
        three("convTranspose3d-output-padding") {
            convTranspose3d($0, $1, $2, stride: [3, 2, 1], padding: [1, 0, 1], outputPadding: [2, 1, 0])
        }
        three("convTranspose3d-groups") { convTranspose3d($0, $1, $2, dilation: [2, 1, 2], groups: 2) }

        for mode in [Padding.reflect, .replicate, .circular] {
            three("conv1d-\(mode)") { conv1d($0, $1, $2, stride: 2, padding: 2, paddingMode: mode) }
            three("conv2d-\(mode)") { conv2d($0, $1, $2, stride: 2, padding: [2, 1], paddingMode: mode) }
            three("conv3d-\(mode)") { conv3d($0, $1, $2, stride: 2, padding: 1, paddingMode: mode) }
        }

        one("padded-last") { $0.padded([(2, 1)]) }
        one("padded-negative") { $0.padded([(1, -2), (-1, 2)], with: .constant(0.5)) }
        one("padded-cropped") { $0.padded([(0, -1), (-1, -1)]) }
        one("padded-circular") { $0.padded([(3, 0), (4, 1)], with: .circular) }
        one("padded-circular-negative") { $0.padded([(-1, 2)], with: .circular) }
        one("padded-reflect-last") { $0.padded([(3, 3)], with: .reflect) }
        one("padded-reflect-negative") { $0.padded([(-1, 2)], with: .reflect) }
        one("padded-replicate-negative") { $0.padded([(2, -3)], with: .replicate) }
        one("padded-replicate-3") { $0.padded([(1, 1), (3, 0), (1, 2)], with: .replicate) }
        one("padded-int-negative") { $0.padded([(-1, 2)], with: .constant(7)) }
    }
}
