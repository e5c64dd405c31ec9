import CTernRecurrent
import TernCore

/// The kernels of an instruction set for one element type, and how their work is dealt to threads. Each row is computed by
/// itself, so that how rows and columns are cut changes no bits.
struct RecurrentKernels {
    let table: TernRecurrentKernels

    init(_ set: InstructionSet, byteCount: Int) {
        let level =
            switch set {
            case .portable, .neon: TERN_RECURRENT_PORTABLE
            case .avx2: TERN_RECURRENT_AVX2
            case .avx512: TERN_RECURRENT_AVX512
            }
        table = tern_recurrent_kernels(level, Int32(byteCount))!.pointee
    }

    /// A matrix as the kernels want it.
    struct Panels {
        let tensor: Tensor
        let blocks: Int
    }

    /// The weights [gates * units, features] of products with the input and the hidden state, one below the other.
    func gatePanels<Real: TensorScalar>(_ cell: RecurrentCell, _ weights: [Tensor], of type: Real.Type) -> Panels {
        let units = weights[0].shape[0] / cell.gates
        return pack(
            table.gate_panels(cell.kernel), units,
            weights.map { weight in
                let features = weight.shape[1]
                return Part(matrix: weight, depth: features, row: 1, column: features, gate: units * features)
            }, type)
    }

    /// Matrices [depth, columns], one below the other, on the right of a product.
    func panels<Real: TensorScalar>(_ matrices: [Tensor], of type: Real.Type) -> Panels {
        let columns = matrices[0].shape[1]
        return pack(
            table.columns, columns,
            matrices.map { Part(matrix: $0, depth: $0.shape[0], row: columns, column: 1) }, type)
    }

    /// A matrix [columns, depth] that is transposed on the right of a product.
    func transposedPanels<Real: TensorScalar>(_ matrix: Tensor, of type: Real.Type) -> Panels {
        let depth = matrix.shape[1]
        return pack(table.columns, matrix.shape[0], [Part(matrix: matrix, depth: depth, row: 1, column: depth)], type)
    }

    /// A matrix that some steps of the depth come from, with its strides.
    private struct Part {
        let matrix: Tensor
        let depth, row, column: Int
        var gate = 0
    }

    private func pack<Real: TensorScalar>(
        _ panels: TernRecurrentPanels, _ columns: Int, _ parts: [Part], _ type: Real.Type
    ) -> Panels {
        let depth = parts.reduce(0) { $0 + $1.depth }
        let blocks = (columns + panels.block_columns - 1) / panels.block_columns
        let count = blocks * depth * panels.vectors * table.lanes
        let tensor = Tensor(shape: [count], of: type) { packed in
            var first = 0
            for part in parts {
                part.matrix.withUnsafeBuffer(of: type) { matrix in
                    parallelFor(pieces: blocks, nanoseconds: Double(count)) { block in
                        table.pack(
                            panels, depth, first, first + part.depth, columns, matrix.baseAddress, part.row,
                            part.column,
                            part.gate, block, block + 1, packed.baseAddress)
                    }
                }
                first += part.depth
            }
        }
        return Panels(tensor: tensor, blocks: blocks)
    }

    /// What is computed of a step, for so many blocks of columns.
    struct Phase {
        let kernel: @convention(c) (UnsafePointer<TernRecurrence>?, TernRecurrentPart) -> Void
        let blocks: Int
    }

    /// Into how many pieces samples are cut, whatever the number of threads. Weights that leave the second cache are read for
    /// as many samples at a time as there are.
    ///
    /// - Parameter products: multiplications of a sample's step.
    func pieces(samples: Int, _ products: Int) -> Int {
        let size = products * MemoryLayout<Float>.size > 1 << 20 ? 64 : 16
        return (samples + size - 1) / size
    }

    /// Runs the phases of all steps. Samples are dealt to the threads, which then need not wait for each other between
    /// steps; where there are too few, the columns of each step are.
    ///
    /// - Parameter products: multiplications of a sample's step.
    func run(
        _ phases: [Phase], steps: some Sequence<Int>, _ recurrence: TernRecurrence, samples: Int, rows: Int,
        products: Int
    ) {
        let pieces = pieces(samples: samples, products)
        if pieces == 0 { return }
        withUnsafePointer(to: recurrence) { recurrence in
            func samplesOf(_ piece: Int) -> (Int, Int) { (samples * piece / pieces, samples * (piece + 1) / pieces) }
            let nanoseconds = Double(products) / 40
            if pieces >= threadCount || Double(samples) * nanoseconds < 20_000 {
                parallelFor(pieces: pieces, nanoseconds: Double(rows) * nanoseconds) { piece in
                    let (first, last) = samplesOf(piece)
                    for step in steps {
                        for phase in phases {
                            phase.kernel(
                                recurrence,
                                TernRecurrentPart(
                                    step: step, piece: piece, first: first, last: last, first_block: 0,
                                    last_block: phase.blocks))
                        }
                    }
                }
                return
            }
            for step in steps {
                for phase in phases {
                    let groups = min(phase.blocks, 16)
                    parallelFor(pieces: pieces * groups, nanoseconds: Double(samples) * nanoseconds) { index in
                        let (piece, group) = index.quotientAndRemainder(dividingBy: groups)
                        let (first, last) = samplesOf(piece)
                        phase.kernel(
                            recurrence,
                            TernRecurrentPart(
                                step: step, piece: piece, first: first, last: last,
                                first_block: phase.blocks * group / groups,
                                last_block: phase.blocks * (group + 1) / groups))
                    }
                }
            }
        }
    }
}
