import Tern

extension OpTable {
    mutating func addContractions() {
        op("einsum") { b in
            let equation = b.one(of: [
                "ij,jk->ik", "ij,kj->ki", "bij,bjk->bik", "ibj,jbk->bki", "bhid,bhjd->bhij", "bi,bj,bk->ijk", "ii->i",
                "ij,ik->i", "i,j,k->ki", "ij,ij->ij", "ij,i->ji", "aij,jib->ab", "ij,jk,kl,li->jl",
            ])
            // Each letter has one size; a size of 1 goes with any.
            var sizes: [Character: Int] = [:]
            let operands = equation.split(separator: "-")[0].split(separator: ",").map { term in
                Shape(
                    term.map { letter in
                        let size = sizes[letter] ?? b.one(of: [1, 2, 3, 5, 8, 17])
                        sizes[letter] = size
                        return b.chance(0.05) && term.count > 1 && Set(term).count == term.count ? 1 : size
                    })
            }.map { b.operand($0) }
            return Call(operands, equation) { [einsum(equation, $0)] }
        }
        op("tensordot") { b in
            let x = b.operand(rank: 1...3) { $0.elements <= 600 }
            let shape = b.shape(of: x)
            let count = b.number(in: 0...shape.count)
            let y = b.operand(Shape(shape.suffix(count) + [b.number(in: 1...5)]))
            return Call([x, y], "axes: \(count)") { [tensordot($0[0], $0[1], axes: count)] }
        }
        op("inner") { b in
            let x = b.operand(rank: 1...3) { $0.elements <= 600 }
            let shape = b.shape(of: x)
            return Call([x, b.operand([b.number(in: 1...5), shape[shape.count - 1]])]) { [inner($0[0], $0[1])] }
        }
        op("vecdot") { b in
            let x = b.operand(rank: 1...3)
            let axis = b.axis(of: x)
            return Call([x, b.operand(b.shape(of: x))], "axis: \(axis)") { [vecdot($0[0], $0[1], axis: axis)] }
        }
        op("trace") { b in
            let offset = b.number(in: -2...2)
            return Call([b.operand(rank: 2...4)], "offset: \(offset)") { [$0[0].trace(offset: offset)] }
        }
    }
}
