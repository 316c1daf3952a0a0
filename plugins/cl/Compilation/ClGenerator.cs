using Tenon.Core.Backend;
using Tenon.Sdk;
using Tenon.Sdk.CStyle;

namespace Tenon.Plugins.Cl.Compilation;

/// <summary>Kernels as OpenCL C, compiled by the device's driver.</summary>
internal sealed class ClGenerator(ClCompiler compiler, OpenCLRenderer renderer) : SourceGenerator
{
    /// <summary>The generator's name.</summary>
    public const string GeneratorName = "OpenCL";

    /// <inheritdoc/>
    public override string Name => GeneratorName;

    /// <inheritdoc/>
    public override CodeGeneratorTarget Target => renderer.Target;

    /// <summary>What the language offers on a device.</summary>
    public static OpenCLFeatures FeaturesOf(ClDeviceInfo device, ClImageUse images) => new()
    {
        HasDouble = device.HasDouble,
        HasHalf = device.HasHalf,
        HasExactDivision = device.RoundsDivision,
        HasMulAcc = device.HasFma,
        Shuffle = device.Shuffle,
        Images = device.Images?.Form(images) ?? OpenCLImages.None,
        VectorBytes = device.VectorBytes,
        VectorRegisters = device.VectorRegisters,
        Fingerprint = string.Join('|', device.PlatformName, device.Name, device.Version, device.Driver, device.Images?.Form(images)),
    };

    /// <inheritdoc/>
    public override string Render(LinearProgram program) => renderer.Render(program);

    /// <inheritdoc/>
    protected override ReadOnlyMemory<byte> Compile(LinearProgram program, string source) =>
        new ClKernelCode([.. program.Parameters.Select(p => new ClKernelBuffer(p.DType.Bytes, p.IsWritten, p.Image))], compiler.Compile(program.Name, source)).Write();
}
