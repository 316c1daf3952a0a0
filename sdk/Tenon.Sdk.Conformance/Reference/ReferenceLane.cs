namespace Tenon.Sdk.Conformance;

/// <summary>One lane of a group: a register for each op of the program.</summary>
internal sealed class ReferenceLane(int number, int ops)
{
    public int Number { get; } = number;

    public Scalar[] Values { get; } = new Scalar[ops];

    public Scalar[][] Vectors { get; } = new Scalar[ops][];

    public ReferenceAddress[] Addresses { get; } = new ReferenceAddress[ops];
}

/// <summary>An element of a buffer, or of a local array that begins at a byte of the group's block.</summary>
internal readonly record struct ReferenceAddress(int Slot, long Element, long FirstByte = 0);
