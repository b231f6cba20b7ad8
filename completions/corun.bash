# bash completion for corun. What may stand where is known to corun itself: it is asked each time.
_corun() {
  local program=${1/#\~/$HOME} kind answer=() entry
  COMPREPLY=()
  while IFS= read -r entry; do answer+=("$entry"); done \
    < <("$program" __complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  kind=${answer[0]:-files}
  COMPREPLY=("${answer[@]:1}")
  if [[ $kind == *' nospace' ]]; then compopt -o nospace; fi
  case ${kind% nospace} in
    none) compopt +o bashdefault +o default ;;
    directories) compopt +o bashdefault +o default -o dirnames ;;
    job_files)
      # Beside words: files too, as bash itself would complete them; without words it does.
      if [[ ${#COMPREPLY[@]} -gt 0 && -n $2 ]]; then
        compopt -o filenames
        while IFS= read -r entry; do COMPREPLY+=("$entry"); done < <(compgen -f -X '!*.@(yaml|yml)' -- "$2")
        while IFS= read -r entry; do COMPREPLY+=("$entry"); done < <(compgen -d -- "$2")
      fi
      ;;
  esac
}
complete -o bashdefault -o default -F _corun corun
