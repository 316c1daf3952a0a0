namespace Tenon.Sdk.Conformance;

/// <summary>The device does other than it claims.</summary>
internal sealed class ConformanceFailure(string message) : Exception(message);
