using Tenon.Compiler;

namespace Tenon.Runtime;

/// <summary>What a search has found for a kernel on a device.</summary>
/// <param name="Key">The hash of all that it depends on: kernel, device, code generator and version of the contract.</param>
/// <param name="Kernel">The kernel's name, for people.</param>
/// <param name="Device">Device, generator and target, for people.</param>
/// <param name="Opts">How its loops are changed; null if nothing was faster than what the heuristic chooses.</param>
/// <param name="Seconds">Of a launch.</param>
/// <param name="HeuristicSeconds">Of a launch of what the heuristic chose.</param>
public sealed record TunedKernel(string Key, string Kernel, string Device, IReadOnlyList<Opt>? Opts, double? Seconds, double? HeuristicSeconds);
