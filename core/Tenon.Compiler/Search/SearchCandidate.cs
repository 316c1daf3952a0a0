using System.Security.Cryptography;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>One way to change the loops of a kernel, and what became of it in a search.</summary>
internal sealed class SearchCandidate
{
    /// <summary>Its number in the search, in the order of trial.</summary>
    public required int Number { get; init; }

    /// <summary>The step of the search.</summary>
    public required int Step { get; init; }

    /// <summary>The changes; also of one that isn't legal.</summary>
    public required IReadOnlyList<Opt> Opts { get; init; }

    /// <summary>Null if it isn't legal.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>Null if there is none.</summary>
    public NestEstimate? Estimate { get; set; }

    /// <summary>Seconds by estimate.</summary>
    public double Predicted { get; set; } = double.PositiveInfinity;

    /// <summary>Seconds as measured; null if it wasn't.</summary>
    public double? Seconds { get; set; }

    /// <summary>Null until it is lowered.</summary>
    public LinearProgram? Program { get; set; }

    /// <summary>Why it was not taken into account; null if it was.</summary>
    public Rejection? Rejection { get; private set; }

    /// <summary>What it is compared by: seconds as measured, else by estimate.</summary>
    public double Score => Seconds ?? Predicted;

    /// <summary>Whether it has been timed and may be used.</summary>
    public bool IsTimed => Seconds is not null && Rejection is null;

    public void Reject(RejectReason reason, string detail) => Rejection ??= new Rejection(reason, detail);

    /// <summary>The same for programs of the same content, whatever their names.</summary>
    public string ProgramHash() => Convert.ToHexStringLower(SHA256.HashData([.. BitConverter.GetBytes(Program!.GlobalSize), .. UOpSerializer.Serialize(Program.Ops)]));
}
