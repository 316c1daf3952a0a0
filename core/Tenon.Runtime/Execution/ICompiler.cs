using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>What execution needs of the compiler.</summary>
internal interface ICompiler
{
    /// <summary>Changes whenever the compiler may give another result for the same graph. Part of the key of all that is kept on disk.</summary>
    string Fingerprint { get; }

    Schedule Schedule(UOp sink, Capabilities device);

    LinearProgram Lower(UOp kernel, Capabilities device, CodeGeneratorTarget target);
}
