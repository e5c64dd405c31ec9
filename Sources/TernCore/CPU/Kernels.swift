import CTernKernels

/// The kernels of ``InstructionSet/current``.
package enum Kernels {
    package static let level = InstructionSet.current.level

    // Constants of the C library.
    nonisolated(unsafe) private static let tables = tern_kernels(level, .TERN_BOOL)

    /// Products of bytes, with what this CPU has for them.
    package static let quantized = tern_quantized_kernels(level, tern_has_byte_dots(level)).pointee

    /// Random words, which have no type.
    package static let randomBits = tern_kernels(level, .TERN_UINT32).pointee.random.pointee.bits!

    /// The kernels of an element type: the types have one order here and there.
    @inline(__always)
    package static func of(_ type: DType) -> TypeKernels {
        TypeKernels(table: tables + Int(type.rawValue), type: type)
    }
}

/// The kernels of one element type. What the type lacks is refused here, in one place.
package struct TypeKernels {
    let table: UnsafePointer<TernKernels>
    let type: DType

    @inline(__always) package var elementwise: TernElementwiseKernels { table.pointee.elementwise.pointee }
    @inline(__always) package var reduce: TernReduceKernels { table.pointee.reduce.pointee }
    @inline(__always) package var index: TernIndexKernels { table.pointee.index.pointee }
    @inline(__always) package var random: TernRandomKernels { table.pointee.random.pointee }
    @inline(__always) package var rows: TernRowKernels { (table.pointee.rows ?? refused("softmax")).pointee }
    @inline(__always) package var gemm: TernGemmKernels { (table.pointee.gemm ?? refused("matmul")).pointee }
    @inline(__always) package var conv: TernConvKernels { (table.pointee.conv ?? refused("convolution")).pointee }
    @inline(__always) package var pool: TernPoolKernels { (table.pointee.pool ?? refused("pooling")).pointee }
    @inline(__always)
    package var resample: TernResampleKernels { (table.pointee.resample ?? refused("interpolation")).pointee }
    @inline(__always)
    package var normalize: TernNormalizeKernels { (table.pointee.normalize ?? refused("normalization")).pointee }
    @inline(__always)
    package var optimizer: TernOptimizerKernels { (table.pointee.optimizer ?? refused("optimizer")).pointee }

    @inline(__always)
    package var linalg: TernLinalgKernels { (table.pointee.linalg ?? refused("linear algebra")).pointee }

    package typealias Unary = @convention(c) (Int, UnsafeRawPointer, Int, UnsafeMutableRawPointer) -> Void
    package typealias UnaryWithParameter =
        @convention(c) (Double, Int, UnsafeRawPointer, Int, UnsafeMutableRawPointer) -> Void
    package typealias Binary =
        @convention(c) (Int, UnsafeRawPointer, Int, UnsafeRawPointer, Int, UnsafeMutableRawPointer) -> Void
    package typealias BinaryWithParameter =
        @convention(c) (Double, Int, UnsafeRawPointer, Int, UnsafeRawPointer, Int, UnsafeMutableRawPointer) -> Void
    package typealias Compare =
        @convention(c) (Int, UnsafeRawPointer, Int, UnsafeRawPointer, Int, UnsafeMutablePointer<UInt8>) -> Void

    @inline(__always)
    package func unary(_ function: UnaryFunction) -> Unary {
        elementwise.unary[Int(function.rawValue)] ?? refused(String(cString: tern_unary_name(function)))
    }

    @inline(__always)
    package func unary(_ function: ParameterUnaryFunction) -> UnaryWithParameter {
        elementwise.unary_parameter[Int(function.rawValue)]
            ?? refused(String(cString: tern_unary_parameter_name(function)))
    }

    @inline(__always)
    package func binary(_ function: BinaryFunction) -> Binary {
        elementwise.binary[Int(function.rawValue)] ?? refused(String(cString: tern_binary_name(function)))
    }

    @inline(__always)
    package func binary(_ function: ParameterBinaryFunction) -> BinaryWithParameter {
        elementwise.binary_parameter[Int(function.rawValue)]
            ?? refused(String(cString: tern_binary_parameter_name(function)))
    }

    @inline(__always)
    package func integer(_ function: CTernKernels.IntegerFunction) -> Binary {
        elementwise.integer[Int(function.rawValue)] ?? refused(String(cString: tern_integer_name(function)))
    }

    @inline(__always)
    package var clampBackward:
        @convention(c) (
            Double, Double, Int, UnsafeRawPointer, Int, UnsafeRawPointer, Int, UnsafeMutableRawPointer
        ) -> Void
    { elementwise.clamp_backward ?? refused("hardTanh") }

    @inline(__always)
    package func compare(_ comparison: Comparison) -> Compare { elementwise.compare[Int(comparison.rawValue)] }

    @inline(__always)
    package func convert(to type: DType) -> Unary { elementwise.convert[Int(type.rawValue)] }

    @inline(never)
    func refused<Kernel>(_ name: String) -> Kernel { mistake(name, "is not defined for \(type)") }
}
