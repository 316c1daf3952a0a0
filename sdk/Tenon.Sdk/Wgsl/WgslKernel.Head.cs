using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Wgsl;

internal sealed partial class WgslKernel
{
    // Work items that know nothing of each other run side by side in workgroups of so many.
    private const int ItemsPerGroup = 64;

    private bool AreItems => _program.Lanes.Count == 1 && _locals.Count == 0;

    private int Items => Math.Min(ItemsPerGroup, _limits.Invocations);

    private long ItemGroups => (_program.Groups.X + Items - 1) / Items;

    private GridSize Dispatch
    {
        get
        {
            var (groups, most) = (_program.Groups, _limits.Workgroups);
            var size = !AreItems ? groups
                : ItemGroups <= most || groups.Y > 1 || groups.Z > 1 ? groups with { X = ItemGroups }
                : new GridSize(most, (ItemGroups + most - 1) / most);
            return size.X <= most && size.Y <= most && size.Z <= most ? size : throw new BackendException(
                "TEN4353", $"Kernel {_program.Name} has {size} workgroups; a launch has at most {most} along each dimension. Split the tensors.");
        }
    }

    /// <summary>An index of the grid.</summary>
    public string Special(SpecialArg special)
    {
        if (special.Kind == SpecialKind.Start)
        {
            return $"i32(launch.start{special.Dimension} & 3u)";
        }

        var dimension = "xyz"[special.Dimension];
        return special.Kind == SpecialKind.Lane ? $"i32(lane.{dimension})"
            : AreItems && special.Dimension == 0 ? "item" : $"i32(group.{dimension})";
    }

    private string Head()
    {
        var head = new StringBuilder();
        head.Append(_program.Ops.Any(static u => u.DType == DType.Float16) ? "enable f16;\n" : "");
        head.Append(_program.Ops.Any(static u => u.Op == Ops.LaneXor) ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n" : "");
        head.Append("struct Launch {\n");
        for (var slot = 0; slot < _windows.Length; slot++)
        {
            head.Append($"    start{slot}: u32,\n");
        }

        foreach (var variable in _program.Variables)
        {
            head.Append($"    {VariableName(variable)}: i32,\n");
        }

        head.Append(_windows.Length + _program.Variables.Count == 0 ? "    unused: u32,\n" : "");
        head.Append($"}}\n\n@group(0) @binding({WgslShader.ParameterBinding}) var<uniform> launch: Launch;\n");
        var binding = WgslShader.ParameterBinding + 1;
        for (var slot = 0; slot < _windows.Length; slot++)
        {
            for (var window = 0; window < _windows[slot]; window++, binding++)
            {
                if (_buffers.TryGetValue(slot, out var buffer))
                {
                    var element = buffer.IsAtomic ? $"atomic<{buffer.Type}>" : _vectors.Contains(slot) ? $"vec{VectorLanes}<{buffer.Type}>" : buffer.Type;
                    head.Append($"@group(0) @binding({binding}) var<storage, read_write> data{slot}{(window > 0 ? $"_{window}" : "")}: array<{element}>;\n");
                }
            }
        }

        foreach (var (dtype, (begin, end)) in _locals)
        {
            var (type, count) = (TypeOf(dtype), (end - begin) / dtype.Bytes);
            head.Append($"var<workgroup> local_{type}: array<{(_vectors.Contains(dtype) ? $"vec{VectorLanes}<{type}>, {count / VectorLanes}" : $"{type}, {count}")}>;\n");
        }

        var lanes = AreItems ? new GridSize(Items) : _program.Lanes;
        head.Append('\n').Append(_definitions);
        head.Append($"// {_program.Name}\n@compute @workgroup_size({lanes.X}, {lanes.Y}, {lanes.Z})\n");
        head.Append($"fn {WgslShader.EntryPoint}(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) lane: vec3<u32>) {{\n");
        if (AreItems)
        {
            var dispatch = Dispatch;
            var place = dispatch.Y > 1 && _program.Groups.Y == 1 ? $"(group.y * {dispatch.X}u + group.x)" : "group.x";
            head.Append($"    let item = i32({place} * {Items}u + lane.x);\n");
            head.Append($"    if (item >= {_program.Groups.X}i) {{ return; }}\n");
        }

        foreach (var (slot, buffer) in _buffers.OrderBy(static b => b.Key))
        {
            head.Append($"    let first{slot} = i32(launch.start{slot} / {buffer.Bytes}u);\n");
        }

        return head.ToString();
    }
}
