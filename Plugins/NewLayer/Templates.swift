import Foundation

/// The files of a new layer. They compile and pass as they are, and say what to replace.
struct Templates {
    private let options: Options
    private let name: String
    /// As a function is named.
    private let function: String

    init(_ options: Options) {
        self.options = options
        name = options.name
        let capitals = name.prefix { $0.isUppercase }
        // ReLU6 becomes relu6, GatedUnit gatedUnit.
        let isShort = capitals.count > 1
        function = isShort ? name.lowercased() : name.prefix(1).lowercased() + name.dropFirst()
    }

    func files(_ place: Place) -> [(URL, String)] {
        var files = [
            (place.sources.appending(path: "\(name).swift"), options.hasFunction ? layerOfFunction : layer),
            (place.sources.appending(path: "\(name).docc/\(name).md"), page),
            (place.tests.appending(path: "\(name)Tests.swift"), tests),
        ]
        if options.hasFunction {
            let file = place.sources.appending(path: "\(name)Function.swift")
            files.append((file, options.hasKernel ? functionOfKernel : functionOfTensors))
        }
        if options.hasKernel {
            files += [
                (place.kernel.appending(path: "include/C\(name).h"), header),
                (place.kernel.appending(path: "kernel.h"), kernel),
                (place.kernel.appending(path: "portable.c"), level("portable", nil)),
                (place.kernel.appending(path: "avx2.c"), level("avx2", "avx2,fma")),
                (place.kernel.appending(path: "avx512.c"), level("avx512", "avx512f,avx512bw,avx512dq,avx512vl,fma")),
            ]
        }
        return files
    }

    private var layer: String {
        """
        import TernCore
        import TernNN

        /// `y = weight * x`. Replace this by your formula, and name its source.
        ///
        /// Shapes: x [N..., C] -> [N..., C]; `weight` [C], 1 at first.
        public final class \(name): Module, RebuildableModule {
            public let weight: Parameter

            public init(_ features: Int) {
                if features < 1 { mistake("\(name)", "features must be positive, got \\(features)") }
                weight = Parameter([features], .ones)
            }

            public var features: Int { weight.shape[0] }

            public func forward(_ x: Tensor) -> Tensor { x * weight.value }

            public var settingsDescription: String { "\\(features)" }

            /// What model files keep of it. A program that loads them says `Catalogue.register(\(name).self)`.
            public static let blueprint = Blueprint<\(name)>(
                "[N..., C] -> [N..., C]", .init("features", \\.features, in: .sizes), make: \(name).init)
        }

        """
    }

    private var layerOfFunction: String {
        """
        import TernCore
        import TernNN

        /// ``\(function)(_:)`` as a layer. Shapes: x [N...] -> [N...].
        public final class \(name): Module, RebuildableModule {
            public init() {}

            public func forward(_ x: Tensor) -> Tensor { \(function)(x) }

            /// What model files keep of it. A program that loads them says `Catalogue.register(\(name).self)`.
            public static let blueprint = Blueprint<\(name)>("[N...] -> [N...]", make: \(name).init)
        }

        """
    }

    private var functionOfTensors: String {
        """
        import TernCore

        /// `y = x / (1 + |x|)`. Replace this by your formula, and name its source.
        public func \(function)(_ x: Tensor) -> Tensor {
            // Whatever operations this takes, profiles and graphs show one.
            let y = asOneOperation { x / (1 + abs(x)) }
            return y.asOutput(of: "\(function)", from: [x]) { gradient, operation in
                // Made of operations on the gradient, the inputs and `operation.output(y)`: then it has a derivative itself.
                [gradient / square(1 + abs(x))]
            }
        }

        """
    }

    private var functionOfKernel: String {
        """
        import C\(name)
        import TernCore

        /// `y = x / (1 + |x|)`, in one pass over memory for `float32`. Replace this by your formula, and name its source.
        public func \(function)(_ x: Tensor) -> Tensor {
            let y = x.dtype == .float32 ? computed(x) : asOneOperation { x / (1 + abs(x)) }
            return y.asOutput(of: "\(function)", from: [x]) { gradient, operation in
                // Made of operations on the gradient, the inputs and `operation.output(y)`: then it has a derivative itself.
                [gradient / square(1 + abs(x))]
            }
        }

        private func computed(_ x: Tensor) -> Tensor {
            let shape = x.shape
            // The size of a piece does not depend on the number of threads: so neither do results.
            let piece = 16_384
            return x.withUnsafeBuffer(of: Float.self) { x in
                Tensor(shape: shape, of: Float.self) { y in
                    parallelFor(pieces: (x.count + piece - 1) / piece, nanoseconds: Double(x.count)) { index in
                        let start = index * piece
                        kernel(min(piece, x.count - start), x.baseAddress! + start, y.baseAddress! + start)
                    }
                }
            }
        }

        private let kernel: @convention(c) (Int, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void =
            switch InstructionSet.current {
            case .avx512: \(function)_avx512
            case .avx2: \(function)_avx2
            case .portable, .neon: \(function)_portable
            }

        """
    }

    private var header: String {
        """
        // One kernel for each instruction set: y[i] = f(x[i]), i < n.
        #pragma once

        #include <stddef.h>

        void \(function)_portable(ptrdiff_t n, const float *x, float *y);
        void \(function)_avx2(ptrdiff_t n, const float *x, float *y);
        void \(function)_avx512(ptrdiff_t n, const float *x, float *y);

        """
    }

    private var kernel: String {
        """
        // Included once for each instruction set, which compiles it to its own vectors.
        #include <math.h>

        #include "C\(name).h"

        void KERNEL(ptrdiff_t n, const float *x, float *y) {
            for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] / (1 + fabsf(x[i]));
        }

        """
    }

    /// On another kind of processor all of them are the portable one.
    private func level(_ level: String, _ features: String?) -> String {
        guard let features else {
            return """
                #define KERNEL \(function)_\(level)
                #include "kernel.h"

                """
        }
        return """
            #if defined(__x86_64__)
            #pragma clang attribute push(__attribute__((target("\(features)"))), apply_to = function)
            #endif
            #define KERNEL \(function)_\(level)
            #include "kernel.h"
            #if defined(__x86_64__)
            #pragma clang attribute pop
            #endif

            """
    }

    private var tests: String {
        let made = options.hasFunction ? "\(name)()" : "\(name)(4)"
        let imports = (options.hasKernel ? ["C\(name)"] : []) + [name, "TernCore", "TernTesting", "Testing"]
        let levels = """


                @Test("the kernels of all instruction sets agree")
                func levels() {
                    let x = Tensor.normal([1000]).array(of: Float.self)
                    func values(_ kernel: (Int, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void) -> [Float] {
                        [Float](unsafeUninitializedCapacity: x.count) { y, count in
                            kernel(x.count, x, y.baseAddress)
                            count = x.count
                        }
                    }
                    let portable = values(\(function)_portable)
                    let best = InstructionSet.current
                    if best == .avx2 || best == .avx512 { #expect(values(\(function)_avx2) == portable) }
                    if best == .avx512 { #expect(values(\(function)_avx512) == portable) }
                }
            """
        return imports.sorted().map { "import \($0)\n" }.joined() + """

            @Suite("\(name)")
            struct \(name)Tests {
                @Test("is a layer in every way: gradients, types, modes, names, files, threads and more")
                func layer() throws { try checkLayer(\(made), Tensor.normal([3, 4])) }

                @Test("gives the values of its formula")
                func values() {
                    let y = \(made)(Tensor([[1, -3, 0, 4]]))
                    #expect(y == Tensor([[\(options.hasFunction ? "0.5, -0.75, 0, 0.8" : "1, -3, 0, 4")]]))
                }\(options.hasKernel ? levels : "")
            }

            """
    }

    private var page: String {
        """
        # ``\(name)``

        What the layer is for, in a sentence.

        ## Overview

        Where it comes from, what to choose its settings by, and what to mind.

        ```swift
        let layer = \(options.hasFunction ? "\(name)()" : "\(name)(4)")
        layer(Tensor.normal([3, 4]))
        ```

        """
    }
}
