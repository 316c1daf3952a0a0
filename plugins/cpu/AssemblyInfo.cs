using Tenon.Core.Backend;
using Tenon.Plugins.Cpu;

[assembly: BackendPlugin(typeof(CpuPlugin))]
