using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Sdk.Conformance.Tests;

/// <summary>A program of the zoo, run by the reference.</summary>
internal sealed class ZooProgram(CompiledKernel kernel, LinearProgram? program, Fault fault) : KernelProgram(kernel)
{
    private static readonly Lock Gate = new();
    private static readonly Stack<Action> Pending = [];

    /// <summary>Runs what is queued: the last first, as only devices do that keep no order.</summary>
    public static void Wait()
    {
        lock (Gate)
        {
            while (Pending.TryPop(out var launch))
            {
                launch();
            }
        }
    }

    protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        if (program is null)
        {
            return;
        }

        if (program.Ops.Any(o => o.Op is Ops.IntDiv))
        {
            Divide();
        }

        var (views, values) = (buffers.ToArray(), variables.ToArray());
        lock (Gate)
        {
            if (fault is Fault.LaunchesOutOfOrder or Fault.CopiesBeforeTheQueue)
            {
                Pending.Push(() => Run(program, views, values));
            }
            else
            {
                Run(program, views, values);
            }
        }
    }

    private void Divide()
    {
        if (fault == Fault.CrashesInADivision)
        {
            Environment.FailFast("division is broken");
        }

        if (fault == Fault.HangsInADivision)
        {
            HangClock.Hang();
        }
    }

    private void Run(LinearProgram program, BufferView[] buffers, long[] variables)
    {
        var limits = new ZooDevice(fault).Capabilities;
        if (fault == Fault.ClaimsMoreLocalBytes && program.LocalBytes > limits.LocalBytes / 2)
        {
            throw new BackendException("ZOO1", "there are not so many local bytes");
        }

        if (fault == Fault.ClaimsMoreLanes && program.Lanes.Count > 32)
        {
            program = With(program, new GridSize(32));
        }

        // The reference works on whole arrays.
        byte[][] content = [.. buffers.Select(b => ((ZooBuffer)b.Buffer).Content.AsSpan(fault == Fault.IgnoresOffsetsOfLaunches ? 0 : (int)b.Offset, (int)b.Bytes).ToArray())];
        for (var time = 0; time < (fault == Fault.RunsItemsTwice ? 2 : 1); time++)
        {
            new ReferenceMachine(program, limits.Workgroups!.SubgroupSize).Run(content, variables);
        }

        for (var slot = 0; slot < buffers.Length; slot++)
        {
            content[slot].CopyTo(((ZooBuffer)buffers[slot].Buffer).Content, fault == Fault.IgnoresOffsetsOfLaunches ? 0 : buffers[slot].Offset);
        }
    }

    private static LinearProgram With(LinearProgram program, GridSize lanes) => new()
    {
        Name = program.Name,
        Ops = program.Ops,
        Parameters = program.Parameters,
        Variables = program.Variables,
        GlobalSize = program.GlobalSize,
        Groups = program.Groups,
        Lanes = lanes,
        LocalBytes = program.LocalBytes,
    };
}

/// <summary>A list of launches of the zoo.</summary>
internal sealed class ZooGraph(Fault fault, IReadOnlyList<GraphLaunch> launches, int bufferCount, int variableCount) : LaunchGraph(bufferCount, variableCount, launches.Count)
{
    protected override void RunCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        foreach (var launch in fault == Fault.WrongInLists ? launches.Skip(1) : launches)
        {
            var views = new BufferView[launch.Buffers.Count];
            for (var i = 0; i < views.Length; i++)
            {
                var operand = launch.Buffers[i];
                views[i] = new BufferView(buffers[operand.Buffer].Buffer, buffers[operand.Buffer].Offset + operand.Offset, operand.Bytes);
            }

            var values = new long[launch.Variables.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = variables[launch.Variables[i]];
            }

            launch.Program.Launch(views, values);
        }
    }
}
