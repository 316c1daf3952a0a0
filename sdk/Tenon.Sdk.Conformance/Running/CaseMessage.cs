namespace Tenon.Sdk.Conformance;

/// <summary>What a process that runs cases is asked for.</summary>
internal static class CaseMessage
{
    /// <summary>To open the device, as JSON says, and to list the cases of a group.</summary>
    public const byte Open = 0;

    /// <summary>To run a case.</summary>
    public const byte Run = 1;
}
