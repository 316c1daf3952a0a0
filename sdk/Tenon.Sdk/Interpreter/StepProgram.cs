using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>What becomes of a linear program: steps for as many groups at a time as fit the lanes.</summary>
internal sealed class StepProgram(Lockstep lockstep, long groups, Step[] steps, LocalMemory local, GlobalRegion[] regions, long[] variables)
{
    /// <summary>Runs all groups.</summary>
    public void Run(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> values)
    {
        values.CopyTo(variables);
        foreach (var region in regions)
        {
            region.Bind(buffers);
        }

        for (var group = 0L; group < groups; group += lockstep.Width / lockstep.LanesPerGroup)
        {
            lockstep.Begin(group);
            local.Begin();
            foreach (var step in steps)
            {
                step.Run();
            }
        }
    }
}
