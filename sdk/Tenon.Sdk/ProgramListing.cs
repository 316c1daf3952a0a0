using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk;

/// <summary>Linear programs as text for people.</summary>
public static class ProgramListing
{
    /// <summary>The grid, the buffers, and the ops one to a line.</summary>
    public static string Of(LinearProgram program)
    {
        var text = new StringBuilder(program.Lanes.Count == 1 && program.Groups == new GridSize(program.GlobalSize)
            ? $"{program.Name}: {program.GlobalSize} work items\n"
            : $"{program.Name}: {program.Groups} groups of {program.Lanes} lanes\n");
        for (var i = 0; i < program.Parameters.Count; i++)
        {
            var p = program.Parameters[i];
            text.Append($"  buffer {i}: {p.DType}[{p.Size}]{(p.IsRead ? " read" : "")}{(p.IsWritten ? " written" : "")}\n");
        }

        return text.Append(UOp.Dump(program.Ops)).ToString();
    }
}
