using System.Runtime.CompilerServices;

namespace Tenon.Core;

/// <summary>The nodes that a match captured, by slot; lives on the stack.</summary>
[InlineArray(Pat.MaxCaptures)]
internal struct Captures
{
    private UOp? _first;
}
