using Spectre.Console;

namespace Tenon.Cli.Output;

/// <summary>How Spectre.Console writes to standard output.</summary>
internal static class TerminalOutput
{
    private const int WidthOfFiles = 160;

    /// <summary>Leaves colours, and line breaks at the width of a window, out of files and pipes.</summary>
    public static void Prepare()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
            AnsiConsole.Profile.Width = WidthOfFiles;
        }
    }
}
