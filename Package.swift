// swift-tools-version: 6.2
import PackageDescription

// Debug builds of Tern itself (`swift test`) need optimized kernels, and `unsafeFlags` are refused in a versioned
// dependency: so they are asked for only when this manifest is not that of a checkout made for another package.
let isDependency = Context.packageDirectory.contains("/checkouts/")
let optimized: [CSetting] = isDependency ? [] : [.unsafeFlags(["-O3"])]

let package = Package(
    name: "Tern",
    products: [
        .library(name: "TernCore", targets: ["TernCore"]),
        .library(name: "TernFormats", targets: ["TernFormats"]),
        .library(name: "TernData", targets: ["TernData"]),
    ],
    targets: [
        .target(name: "CTernKernels", cSettings: optimized),
        .target(name: "TernCore", dependencies: ["CTernKernels"]),
        .systemLibrary(name: "CZlib"),
        .target(name: "TernFormats", dependencies: ["TernCore", "CZlib"]),
        .target(name: "TernData", dependencies: ["TernCore", "TernFormats"]),
        .testTarget(name: "CTernKernelsTests", dependencies: ["CTernKernels"]),
        .testTarget(name: "TernCoreTests", dependencies: ["TernCore"]),
        .testTarget(name: "TernFormatsTests", dependencies: ["TernFormats"], exclude: ["Goldens"]),
        .testTarget(name: "TernDataTests", dependencies: ["TernData"]),
    ],
    swiftLanguageModes: [.v6]
)
