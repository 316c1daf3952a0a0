namespace Tenon.Plugins.WebGpu.Native;

/// <summary>Numbers of webgpu.h.</summary>
internal static class Names
{
    public const ulong MapRead = 1;
    public const ulong CopySource = 4;
    public const ulong CopyDestination = 8;
    public const ulong Uniform = 0x40;
    public const ulong Storage = 0x80;
    public const ulong QueryResolve = 0x200;

    public const ulong ComputeStage = 4;
    public const uint UniformBinding = 2;
    public const uint StorageBinding = 3;

    public const uint ShaderSourceWgsl = 2;
    public const uint DawnToggles = 0x5000a;

    public const uint TimestampQuery = 3;
    public const uint ShaderFloat16 = 10;
    public const uint Subgroups = 17;
    public const uint TimestampQueryType = 2;

    public const uint Validation = 1;
    public const uint OutOfMemory = 2;

    public const uint Success = 1;
    public const uint AllowProcessEvents = 2;
    public const uint AllowSpontaneous = 3;

    public const uint CpuAdapter = 3;
    public const uint NullBackend = 1;

    private static readonly string[] Backends = ["undefined", "Null", "WebGPU", "D3D11", "D3D12", "Metal", "Vulkan", "OpenGL", "OpenGLES"];

    /// <summary>The name of a backend.</summary>
    public static string Backend(uint number) => number < Backends.Length ? Backends[number] : $"backend {number}";

    /// <summary>The number of a backend that computes; 0 if there is none of the name.</summary>
    public static uint Backend(string name) => Array.FindIndex(Backends, b => b.Equals(name, StringComparison.OrdinalIgnoreCase)) is > 2 and var i ? (uint)i : 0;
}
