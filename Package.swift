// swift-tools-version: 6.3
import PackageDescription

// Debug builds need optimized kernels too, and `unsafeFlags` are refused in a versioned dependency: so they are asked for
// only when this manifest is not that of a checkout made for another package. In debug builds the kernels are compiled as
// a release build of a dependency has them, with line numbers but no variables: that takes a quarter less time.
let isDependency = Context.packageDirectory.contains("/checkouts/")
let optimized: [CSetting] =
    isDependency
    ? []
    : [
        .unsafeFlags(["-O3"], .when(configuration: .release)),
        .unsafeFlags(["-O2", "-Xclang", "-debug-info-kind=line-tables-only"], .when(configuration: .debug)),
    ]

let package = Package(
    name: "Tern",
    // `InlineArray` came with these.
    platforms: [.macOS(.v26), .iOS(.v26), .tvOS(.v26), .visionOS(.v26)],
    products: [
        .library(name: "TernCore", targets: ["TernCore"]),
        .library(name: "TernNN", targets: ["TernNN"]),
        .library(name: "TernLayers", targets: ["TernLayers"]),
        .library(name: "TernLosses", targets: ["TernLosses"]),
        .library(name: "TernOptimizers", targets: ["TernOptimizers"]),
        .library(name: "TernMetrics", targets: ["TernMetrics"]),
        .library(name: "TernFormats", targets: ["TernFormats"]),
        .library(name: "TernData", targets: ["TernData"]),
        .library(name: "TernTraining", targets: ["TernTraining"]),
        .library(name: "TernPlot", targets: ["TernPlot"]),
        .library(name: "TernModelFiles", targets: ["TernModelFiles"]),
        .library(name: "TernONNX", targets: ["TernONNX"]),
        .library(name: "TernDistributed", targets: ["TernDistributed"]),
        .library(name: "TernTesting", targets: ["TernTesting"]),
        .library(name: "Tern", targets: ["Tern"]),
        .plugin(name: "NewLayer", targets: ["NewLayer"]),
        .plugin(name: "ListLayers", targets: ["ListLayers"]),
        .library(name: "SpatialPyramidPooling", targets: ["SpatialPyramidPooling"]),
        .library(name: "BilinearPooling", targets: ["BilinearPooling"]),
        .library(name: "TernRecurrent", targets: ["TernRecurrent"]),
        .library(name: "TernAttention", targets: ["TernAttention"]),
        .library(name: "TernVision", targets: ["TernVision"]),
    ],
    targets: [
        .target(name: "CTernKernels", cSettings: optimized),
        .target(name: "TernCore", dependencies: ["CTernKernels"]),
        .target(name: "TernNN", dependencies: ["TernCore"]),
        .target(name: "TernLayers", dependencies: ["TernNN"]),
        .target(name: "TernLosses", dependencies: ["TernCore"]),
        .target(name: "TernOptimizers", dependencies: ["TernNN"]),
        .target(name: "TernMetrics", dependencies: ["TernCore", "TernLosses"]),
        .systemLibrary(name: "CZlib"),
        .target(name: "TernFormats", dependencies: ["TernCore", "CZlib"]),
        .target(name: "TernData", dependencies: ["TernCore", "TernFormats"]),
        .target(
            name: "TernTraining",
            dependencies: [
                "TernCore", "TernNN", "TernOptimizers", "TernMetrics", "TernFormats", "TernData", "TernPlot",
            ]),
        .target(name: "TernPlot", dependencies: ["TernCore", "TernFormats"]),
        .target(name: "TernModelFiles", dependencies: ["TernCore", "TernNN", "TernLayers", "TernFormats"]),
        .target(name: "TernONNX", dependencies: ["TernCore", "TernNN", "TernFormats", "TernRecurrent"]),
        .target(
            name: "TernDistributed",
            dependencies: [
                "TernCore", "TernNN", "TernLayers", "TernOptimizers", "TernMetrics", "TernData", "TernTraining",
            ]),
        .target(
            name: "TernTesting",
            dependencies: [
                "TernCore", "TernNN", "TernOptimizers", "TernLosses", "TernFormats", "TernData", "TernModelFiles",
            ]),
        .target(
            name: "Tern",
            dependencies: [
                "TernCore", "TernNN", "TernLayers", "TernLosses", "TernOptimizers", "TernMetrics", "TernFormats",
                "TernData", "TernTraining", "TernPlot", "TernModelFiles",
            ]),
        .plugin(
            name: "NewLayer",
            capability: .command(
                intent: .custom(verb: "new-layer", description: "Makes a target with a new layer and its test."),
                permissions: [
                    .writeToPackageDirectory(reason: "The new layer's files, and its lines in Package.swift.")
                ]),
            path: "Plugins/NewLayer"),
        .plugin(
            name: "ListLayers",
            capability: .command(
                intent: .custom(verb: "list-layers", description: "Shows the layers that model files can have.")),
            path: "Plugins/ListLayers"),
        .target(
            name: "SpatialPyramidPooling", dependencies: ["TernNN", "TernCore"],
            path: "Plugins/SpatialPyramidPooling/Sources"),
        .target(
            name: "BilinearPooling", dependencies: ["TernNN", "TernCore"], path: "Plugins/BilinearPooling/Sources"),
        .target(name: "CTernRecurrent", path: "Plugins/TernRecurrent/Kernels", cSettings: optimized),
        .target(
            name: "TernRecurrent", dependencies: ["TernNN", "TernCore", "CTernRecurrent"],
            path: "Plugins/TernRecurrent/Sources"),
        .target(
            name: "TernAttention", dependencies: ["TernLayers", "TernNN", "TernCore"],
            path: "Plugins/TernAttention/Sources"),
        .target(
            name: "TernVision", dependencies: ["TernAttention", "TernLayers", "TernNN", "TernCore"],
            path: "Plugins/TernVision/Sources"),
        .target(name: "ExampleSupport", dependencies: ["Tern"], path: "Examples/Support"),
        .executableTarget(
            name: "lenet", dependencies: ["Tern", "TernDistributed", "ExampleSupport"], path: "Examples/lenet"),
        .executableTarget(name: "mnist-tape", dependencies: ["Tern", "ExampleSupport"], path: "Examples/mnist-tape"),
        .executableTarget(name: "line", dependencies: ["Tern", "ExampleSupport"], path: "Examples/line"),
        .executableTarget(name: "cifar-fnn", dependencies: ["Tern", "ExampleSupport"], path: "Examples/cifar-fnn"),
        .executableTarget(name: "cifar-cnn", dependencies: ["Tern", "ExampleSupport"], path: "Examples/cifar-cnn"),
        .executableTarget(name: "augment", dependencies: ["Tern", "ExampleSupport"], path: "Examples/augment"),
        .executableTarget(name: "boston", dependencies: ["Tern", "ExampleSupport"], path: "Examples/boston"),
        .executableTarget(
            name: "resnet", dependencies: ["Tern", "TernVision", "ExampleSupport"], path: "Examples/resnet"),
        .executableTarget(
            name: "char-gpt", dependencies: ["Tern", "TernAttention", "ExampleSupport"], path: "Examples/char-gpt"),
        .executableTarget(
            name: "char-rnn", dependencies: ["Tern", "TernRecurrent", "ExampleSupport"], path: "Examples/char-rnn"),
        .executableTarget(
            name: "core-api", dependencies: ["Tern", "TernAttention", "ExampleSupport"], path: "Examples/core-api"),
        .executableTarget(
            name: "from-scratch", dependencies: ["Tern", "ExampleSupport"], path: "Examples/from-scratch"),
        .executableTarget(name: "gan", dependencies: ["Tern", "ExampleSupport"], path: "Examples/gan"),
        .executableTarget(name: "activations", dependencies: ["Tern"], path: "Examples/activations"),
        .executableTarget(name: "filters", dependencies: ["Tern"], path: "Examples/filters"),
        .executableTarget(
            name: "autoencoder", dependencies: ["Tern", "ExampleSupport"], path: "Examples/autoencoder"),
        .executableTarget(
            name: "tern-bench", dependencies: ["Tern", "TernAttention", "TernRecurrent", "ExampleSupport"],
            path: "Examples/tern-bench",
            exclude: [
                "augmentation_python.py", "memory_python.py", "products_python.py", "functions_torch.py",
                "optimizers_torch.py",
            ]),
        .executableTarget(
            name: "tern-onnx", dependencies: ["Tern", "TernONNX"], path: "Examples/tern-onnx",
            exclude: ["time_onnxruntime.py"]),
        .target(name: "TernTestSupport", path: "Tests/Support"),
        .target(
            name: "TernFuzzing", dependencies: ["TernCore", "TernFormats"], path: "Tests/Fuzzing",
            exclude: ["allocations.c"]),
        .testTarget(name: "CTernKernelsTests", dependencies: ["CTernKernels"]),
        .testTarget(
            name: "TernCoreTests", dependencies: ["TernCore", "TernLosses", "TernTesting", "TernTestSupport"]),
        .testTarget(name: "TernNNTests", dependencies: ["TernNN", "TernTestSupport"]),
        .testTarget(name: "TernLayersTests", dependencies: ["TernLayers", "TernTesting", "TernTestSupport"]),
        .testTarget(name: "TernLossesTests", dependencies: ["TernLosses", "TernTestSupport"]),
        .testTarget(name: "TernOptimizersTests", dependencies: ["TernOptimizers", "TernTestSupport"]),
        .testTarget(name: "TernMetricsTests", dependencies: ["TernMetrics", "TernTestSupport"]),
        .testTarget(
            name: "TernFormatsTests", dependencies: ["TernFormats", "TernFuzzing", "TernTestSupport"],
            exclude: ["Goldens"]),
        .testTarget(
            name: "TernDataTests", dependencies: ["TernData", "TernFuzzing", "TernTesting", "TernTestSupport"],
            exclude: ["Goldens"]),
        .testTarget(name: "TernTrainingTests", dependencies: ["Tern", "TernTestSupport"]),
        .testTarget(name: "TernPlotTests", dependencies: ["TernPlot", "TernTestSupport"], exclude: ["Goldens"]),
        .testTarget(
            name: "TernModelFilesTests",
            dependencies: [
                "Tern", "TernFuzzing", "TernTestSupport", "TernRecurrent", "TernAttention", "TernVision",
                "SpatialPyramidPooling",
            ]),
        .testTarget(
            name: "TernONNXTests",
            dependencies: [
                "Tern", "TernONNX", "TernRecurrent", "TernAttention", "TernVision", "TernFuzzing", "TernTestSupport",
            ],
            exclude: ["Goldens", "check_exports.py", "node_tests.py", "torch_models.py"]),
        .executableTarget(
            name: "distributed-check", dependencies: ["Tern", "TernDistributed", "TernTesting"],
            path: "Tests/DistributedProgram"),
        .testTarget(
            name: "TernDistributedTests", dependencies: ["Tern", "TernDistributed", "TernTestSupport"]),
        .testTarget(name: "TernTests", dependencies: ["Tern", "TernTestSupport"]),
        .testTarget(
            name: "TernTestingTests",
            dependencies: [
                "Tern", "TernTesting", "TernTestSupport", "SpatialPyramidPooling", "BilinearPooling", "TernRecurrent",
                "TernAttention", "TernVision",
            ]),
        .testTarget(name: "GoldenTests", dependencies: ["Tern", "TernTesting", "TernTestSupport"]),
        .testTarget(name: "DifferentialTests", dependencies: ["Tern", "CTernKernels", "TernTestSupport"]),
        .testTarget(
            name: "SpatialPyramidPoolingTests", dependencies: ["SpatialPyramidPooling"],
            path: "Plugins/SpatialPyramidPooling/Tests"),
        .testTarget(
            name: "BilinearPoolingTests", dependencies: ["BilinearPooling"], path: "Plugins/BilinearPooling/Tests"),
        .testTarget(
            name: "TernRecurrentTests", dependencies: ["TernRecurrent", "Tern", "TernTesting", "TernTestSupport"],
            path: "Plugins/TernRecurrent/Tests", exclude: ["Goldens"]),
        .testTarget(
            name: "TernAttentionTests", dependencies: ["TernAttention", "Tern", "TernTesting", "TernTestSupport"],
            path: "Plugins/TernAttention/Tests", exclude: ["Goldens"]),
        .testTarget(
            name: "TernVisionTests", dependencies: ["TernVision", "Tern", "TernTestSupport"],
            path: "Plugins/TernVision/Tests", exclude: ["Goldens"]),
    ],
    swiftLanguageModes: [.v6]
)
