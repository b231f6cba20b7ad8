# fish completion for corun. What may stand where is known to corun itself: it is asked each time.
function __corun_complete
    set -l words (commandline -opc)
    set -l raw (commandline -ct)
    set -l current (string unescape -- "$raw"; or string replace -r '^[\'"]' '' -- "$raw")
    set -l answer ($words[1] __complete words $words[2..-1] "$current" 2>/dev/null)
    if test (count $answer) -gt 1
        printf '%s\n' $answer[2..-1]
    end
    # Of `--report=prom=FILE` only the file is completed as one.
    set -l before (string match -r '^.*[=@]' -- "$current")
    set -l path (string replace -r '^.*[=@]' '' -- "$current")
    switch "$answer[1]"
        case '' 'files*'
            __fish_complete_path "$path" | string replace -r '^' -- "$before"
        case 'job_files*'
            __fish_complete_suffix .yaml .yml
        case 'directories*'
            __fish_complete_directories "$path" '' | string replace -r '^' -- "$before"
    end
end
complete -c corun -f -k -a '(__corun_complete)'
